import { type Node } from '../graph/graph.ts';
import { ints } from './attributes.ts';
import { address, type Operation } from './operation.ts';
import { FOLDS } from './program-format.ts';
import type { ProgramWriter } from './program-writer.ts';
import { reductionOf } from './reductions.ts';
import { Unsupported } from './unsupported.ts';
import { denseStrides } from './views.ts';
import { writeCopy } from './write-chain.ts';

type Write = (node: Node, w: ProgramWriter) => void;

const shapeOf = (w: ProgramWriter, id: number): readonly number[] => w.flow.type(id).shape;

/** An operation of one operand and one result. */
const from = (
  operation: Pick<Operation, 'name' | 'label'>,
  [x, y]: readonly [number, number],
  payload: readonly number[],
): Operation => ({
  ...operation,
  reads: [x],
  writes: [y],
  inPlace: [],
  payload: (locate) => [...payload, ...address(locate(x)), ...address(locate(y))],
});

/** A fold that no chain takes in. */
export const writeReduction: Write = (node, w) => {
  const x = w.flow.type(node.inputs[0]!);
  const { fold, outer, rows, columns, divisor, perm } = reductionOf(node, x.shape, x.dtype);
  const dense = denseStrides(x.shape);
  const source = perm
    ? writeCopy(
        x.id,
        { offset: 0, lengths: perm.map((axis) => x.shape[axis]!), strides: perm.map((axis) => dense[axis]!) },
        w,
      )
    : w.source(x.id);
  const label = `reduce [${[outer, rows, columns].join()}] ${fold}`;
  const payload = [FOLDS.indexOf(fold), outer, rows, columns, divisor];
  w.emit(from({ name: 'reduce', label }, [source, w.flow.root(node.outputs[0]!)], payload));
};

/** The sum over each block of pixels. */
const nearestGradient: Write = (node, w) => {
  const [x, dy] = node.inputs as [number, number];
  const [n, h, wide, c] = shapeOf(w, x) as [number, number, number, number];
  const [fh, fw] = ints(node.attributes, 'factors') as [number, number];
  const [row, pixel] = [wide * fw * c, c];
  const blocks = writeCopy(
    dy,
    {
      offset: 0,
      lengths: [n, h, wide, fh, fw, c],
      strides: [h * fh * row, fh * row, fw * pixel, row, pixel, 1],
    },
    w,
  );
  const payload = [FOLDS.indexOf('sum'), n * h * wide, fh * fw, c, 1];
  const label = `reduce [${[n * h * wide, fh * fw, c].join()}] sum`;
  w.emit(from({ name: 'reduce', label }, [blocks, w.flow.root(node.outputs[0]!)], payload));
};

/** Copies a dense tensor to its place in a larger one. */
function writeInto(
  [source, target]: readonly [number, number],
  { shape, full, at }: { shape: readonly number[]; full: readonly number[]; at: readonly number[] },
  w: ProgramWriter,
): void {
  const lengths = shape.length === 0 ? [1] : shape;
  const [from, to] = [denseStrides(lengths), full.length === 0 ? [1] : denseStrides(full)];
  const offset = at.reduce((sum, n, axis) => sum + n * to[axis]!, 0);
  if (lengths.length > 8) throw new Unsupported(`a tensor of ${lengths.length} axes`);
  w.emit({
    name: 'copy',
    label: `copy [${shape.join()}] into [${full.join()}]`,
    reads: [source],
    writes: [target],
    inPlace: [],
    payload: (locate) => [
      lengths.length,
      ...lengths,
      ...from,
      ...to,
      ...address(locate(source)),
      ...address(locate(target), offset),
    ],
  });
}

const concat: Write = (node, w) => {
  const axis = node.attributes['axis'] as number;
  const full = shapeOf(w, node.outputs[0]!);
  let at = 0;
  for (const id of node.inputs) {
    const shape = shapeOf(w, id);
    const place = full.map((_n, i) => (i === axis ? at : 0));
    writeInto([w.source(id), w.flow.root(node.outputs[0]!)], { shape, full, at: place }, w);
    at += shape[axis]!;
  }
};

const pad: Write = (node, w) => {
  const x = w.flow.type(node.inputs[0]!);
  const full = shapeOf(w, node.outputs[0]!);
  const target = w.flow.root(node.outputs[0]!);
  const value = node.attributes['value'] as number;
  const bits = x.dtype === 'int32' ? Math.trunc(value) : new Int32Array(Float32Array.of(value).buffer)[0]!;
  w.emit({
    name: 'fill',
    label: `fill [${full.join()}]`,
    reads: [],
    writes: [target],
    inPlace: [],
    payload: (locate) => [w.size(target), bits, ...address(locate(target))],
  });
  writeInto([w.source(x.id), target], { shape: x.shape, full, at: ints(node.attributes, 'before') }, w);
};

const gather: Write = (node, w) => {
  const [x, indices] = node.inputs as [number, number];
  const axis = node.attributes['axis'] as number;
  const shape = shapeOf(w, x);
  if (w.flow.type(indices).dtype !== 'int32') throw new Unsupported('GatherV2 by indices that are not int32');
  const product = (part: readonly number[]): number => part.reduce((all, n) => all * n, 1);
  const [source, at, y] = [w.source(x), w.source(indices), w.flow.root(node.outputs[0]!)];
  w.emit({
    name: 'gather',
    label: `gather [${shape.join()}] along axis ${axis}`,
    reads: [source, at],
    writes: [y],
    inPlace: [],
    payload: (locate) => [
      product(shape.slice(0, axis)),
      shape[axis]!,
      product(shape.slice(axis + 1)),
      w.size(at),
      ...[source, at, y].flatMap((value) => address(locate(value))),
    ],
  });
};

const pool =
  (isGradient: boolean): Write =>
  (node, w) => {
    const out = node.outputs[0]!;
    const [image, small] = isGradient ? [out, node.inputs[0]!] : [node.inputs[0]!, out];
    const [size, strides, pads] = ['size', 'strides', 'pads'].map((key) => ints(node.attributes, key));
    // TF.js divides by the whole window in the gradient, but by the part inside the image in the forward pass.
    if (isGradient && pads!.some((n) => n !== 0)) throw new Unsupported(`${node.kernel} with padded windows`);
    const [, outHeight, outWidth] = shapeOf(w, small);
    const payload = [
      Number(isGradient),
      ...shapeOf(w, image),
      outHeight!,
      outWidth!,
      ...size!,
      ...strides!,
      pads![0]!,
      pads![1]!,
    ];
    const label = `pool ${isGradient ? 'gradient' : 'forward'} [${shapeOf(w, image).join()}] ${size!.join('x')}`;
    w.emit(from({ name: 'pool', label }, [w.source(node.inputs[0]!), w.flow.root(out)], payload));
  };

const resizeBilinear: Write = (node, w) => {
  const x = w.flow.type(node.inputs[0]!);
  if (x.dtype !== 'float32') throw new Unsupported(`ResizeBilinear of ${x.dtype}`);
  const [, outHeight, outWidth] = shapeOf(w, node.outputs[0]!);
  const { alignCorners, halfPixelCenters } = node.attributes;
  const payload = [...x.shape, outHeight!, outWidth!, Number(alignCorners), Number(halfPixelCenters)];
  const label = `resize [${x.shape.join()}] to ${outHeight}x${outWidth}`;
  w.emit(from({ name: 'resize', label }, [w.source(x.id), w.flow.root(node.outputs[0]!)], payload));
};

/** How the kernels are written that are neither chains, nor folds, nor products. */
export const OTHER_KERNELS: Readonly<Record<string, Write>> = {
  AvgPool: pool(false),
  AvgPoolGrad: pool(true),
  Concat: concat,
  GatherV2: gather,
  PadV2: pad,
  ResizeBilinear: resizeBilinear,
  ResizeNearestNeighborGrad: nearestGradient,
};
