import { sameShape, type Node } from '../graph/graph.ts';
import { ints } from './attributes.ts';
import type { Precision } from '../names.ts';
import { chooseAlgorithm, type ConvolutionShape } from './algorithms.ts';
import { address } from './operation.ts';
import { ALGORITHMS, DIRECTIONS, type Algorithm, type Direction } from './program-format.ts';
import type { ProgramWriter } from './program-writer.ts';
import { Unsupported } from './unsupported.ts';
import { broadcastView } from './views.ts';
import { writeCopy } from './write-chain.ts';

/** result = left · right, a batch of row-major matrices. */
interface Product {
  readonly batch: number;
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  readonly transposeLeft: boolean;
  readonly transposeRight: boolean;
  /** False where all matrices of the batch share the operand. */
  readonly leftSteps: boolean;
  readonly rightSteps: boolean;
}

function writeProduct(p: Product, values: readonly [number, number, number], w: ProgramWriter): void {
  const flags = [p.transposeLeft, p.transposeRight, p.leftSteps, p.rightSteps].map(Number);
  const [left, right, result] = values;
  w.emit({
    name: 'gemm',
    label: `gemm ${p.batch > 1 ? `${p.batch} of ` : ''}[${p.rows},${p.inner}] by [${p.inner},${p.columns}]`,
    reads: [left, right],
    writes: [result],
    inPlace: [],
    payload: (locate) => [
      p.batch,
      p.rows,
      p.columns,
      p.inner,
      ...flags,
      ...values.flatMap((value) => address(locate(value))),
    ],
  });
}

const product = (numbers: readonly number[]): number => numbers.reduce((all, n) => all * n, 1);

/** A batch of matrices, or one matrix that all share; what is broadcast in between is copied. */
function batched(id: number, batch: readonly number[], w: ProgramWriter): { value: number; steps: boolean } {
  const { shape } = w.flow.type(id);
  const own = shape.slice(0, -2);
  if (product(own) === 1) return { value: w.source(id), steps: false };
  const padded = [...Array<number>(batch.length - own.length).fill(1), ...own];
  if (sameShape(padded, batch)) return { value: w.source(id), steps: true };
  return { value: writeCopy(id, broadcastView(shape, [...batch, ...shape.slice(-2)]), w), steps: true };
}

export function writeMatMul(node: Node, w: ProgramWriter): void {
  const [a, b] = node.inputs as [number, number];
  const out = w.flow.type(node.outputs[0]!);
  if (out.dtype !== 'float32') throw new Unsupported(`${node.kernel} of ${out.dtype}`);
  const batch = out.shape.slice(0, -2);
  const [left, right] = [batched(a, batch, w), batched(b, batch, w)];
  const transposeLeft = node.attributes['transposeA'] === true;
  const shared = {
    rows: out.shape.at(-2)!,
    columns: out.shape.at(-1)!,
    inner: w.flow.type(a).shape.at(transposeLeft ? -2 : -1)!,
    transposeLeft,
    transposeRight: node.attributes['transposeB'] === true,
  };
  writeProduct(
    { ...shared, batch: product(batch), leftSteps: left.steps, rightSteps: right.steps },
    [left.value, right.value, w.flow.root(out.id)],
    w,
  );
}

const KERNEL_DIRECTIONS: Readonly<Record<string, Direction>> = {
  Conv2D: 'forward',
  Conv2DBackpropInput: 'input gradient',
  Conv2DBackpropFilter: 'weight gradient',
  DepthwiseConv2dNative: 'forward',
  DepthwiseConv2dNativeBackpropInput: 'input gradient',
  DepthwiseConv2dNativeBackpropFilter: 'weight gradient',
};

const isDepthwise = (node: Node): boolean => node.kernel.startsWith('Depthwise');

/** Image, filter and output of the forward convolution, among the values of a node. */
function partsOf(node: Node, direction: Direction): { image: number; filter: number; small: number } {
  const [first, second] = node.inputs as [number, number];
  const result = node.outputs[0]!;
  switch (direction) {
    case 'forward':
      return { image: first, filter: second, small: result };
    case 'input gradient':
      return { image: result, filter: second, small: first };
    case 'weight gradient':
      return { image: first, filter: result, small: second };
  }
}

/**
 * A convolution as a matrix product: where the filter covers the whole image once, and where it has one pixel and skips
 * none. The weights' [ky][kx][in][out] is the matrix as it lies.
 */
function asProduct(s: ConvolutionShape, direction: Direction): Product | undefined {
  if (s.padTop !== 0 || s.padLeft !== 0) return undefined;
  const coversAll =
    s.outHeight === 1 && s.outWidth === 1 && s.kernelHeight === s.height && s.kernelWidth === s.width &&
    (s.dilationY === 1 || s.kernelHeight === 1) && (s.dilationX === 1 || s.kernelWidth === 1); // prettier-ignore
  const isPixel =
    s.kernelHeight === 1 && s.kernelWidth === 1 && s.outHeight === s.height && s.outWidth === s.width;
  if (!coversAll && !isPixel) return undefined;
  const pixels = s.batch * s.outHeight * s.outWidth;
  const taps = s.kernelHeight * s.kernelWidth * s.channels;
  const [rows, inner, columns] = {
    forward: [pixels, taps, s.outChannels],
    'input gradient': [pixels, s.outChannels, taps],
    'weight gradient': [taps, pixels, s.outChannels],
  }[direction] as [number, number, number];
  return {
    batch: 1,
    rows,
    columns,
    inner,
    transposeLeft: direction === 'weight gradient',
    transposeRight: direction === 'input gradient',
    leftSteps: false,
    rightSteps: false,
  };
}

function shapeOf(node: Node, direction: Direction, w: ProgramWriter): ConvolutionShape {
  const { image, filter, small } = partsOf(node, direction);
  const [batch, height, width, channels] = w.flow.type(image).shape as [number, number, number, number];
  const [, outHeight, outWidth, outChannels] = w.flow.type(small).shape as [number, number, number, number];
  const [kernelHeight, kernelWidth] = w.flow.type(filter).shape as [number, number];
  const [strideY, strideX] = ints(node.attributes, 'strides') as [number, number];
  const [dilationY, dilationX] = ints(node.attributes, 'dilations') as [number, number];
  const [padTop, padLeft] = ints(node.attributes, 'pads') as [number, number];
  return {
    batch, height, width, channels, outHeight, outWidth, outChannels, kernelHeight, kernelWidth,
    strideY, strideX, dilationY, dilationX, padTop, padLeft,
  }; // prettier-ignore
}

export const isConvolution = (node: Node): boolean => node.kernel in KERNEL_DIRECTIONS;

export function writeConvolution(node: Node, precision: Precision, w: ProgramWriter): void {
  const direction = KERNEL_DIRECTIONS[node.kernel]!;
  const shape = shapeOf(node, direction, w);
  const [left, right] = node.inputs.map((id) => w.source(id)) as [number, number];
  const result = w.flow.root(node.outputs[0]!);
  const values = [left, right, result] as const;
  if (isDepthwise(node)) return emitConvolution({ name: 'depthwise', direction, shape, values }, w);
  const plain = asProduct(shape, direction);
  if (plain) return writeProduct(plain, [left, right, result], w);
  const algorithm = chooseAlgorithm(shape, direction, precision);
  emitConvolution({ name: 'conv', direction, shape, values, algorithm }, w);
}

/** An instruction `conv` or `depthwise`; the latter has one algorithm. */
interface ConvolutionInstruction {
  readonly name: 'conv' | 'depthwise';
  readonly direction: Direction;
  readonly shape: ConvolutionShape;
  readonly values: readonly [left: number, right: number, result: number];
  readonly algorithm?: Algorithm;
}

function emitConvolution(
  { name, direction, shape, values, algorithm }: ConvolutionInstruction,
  w: ProgramWriter,
): void {
  const [left, right, result] = values;
  const { batch, height, width, channels, kernelHeight, kernelWidth, outChannels, strideY } = shape;
  w.emit({
    name,
    label:
      `${name} ${direction} [${[batch, height, width, channels].join()}] by ` +
      `[${[kernelHeight, kernelWidth, channels, outChannels].join()}] stride ${strideY}` +
      (algorithm ? `, ${algorithm}` : ''),
    reads: [left, right],
    writes: [result],
    inPlace: [],
    payload: (locate) => [
      DIRECTIONS.indexOf(direction),
      ...(algorithm ? [ALGORITHMS.indexOf(algorithm)] : []),
      ...CONVOLUTION_FIELDS.map((field) => shape[field]),
      ...values.flatMap((value) => address(locate(value))),
    ],
  });
}

/** In the order of `struct conv_shape`. */
const CONVOLUTION_FIELDS: readonly (keyof ConvolutionShape)[] = [
  'batch', 'height', 'width', 'channels', 'outHeight', 'outWidth', 'outChannels', 'kernelHeight', 'kernelWidth',
  'strideY', 'strideX', 'dilationY', 'dilationX', 'padTop', 'padLeft',
]; // prettier-ignore
