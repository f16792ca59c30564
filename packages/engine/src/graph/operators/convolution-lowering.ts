import { sizeOf, type Node } from '../graph.ts';
import type { ConvolutionAttributes } from './convolution-shapes.ts';
import { refuse, type OnnxLowering, type OnnxWriter } from './onnx.ts';
import {
  attribute,
  heightAndWidth,
  padding,
  type TensorFlowAttribute,
  type TensorFlowWriter,
} from './tensorflow.ts';

export type Shape4 = readonly [number, number, number, number];

/** Shapes of a convolution, forward or backward: images that it reads, its filter, its output. */
export interface ConvolutionShapes {
  /** [N, I, H, W] */
  readonly image: Shape4;
  /** [O, I, kh, kw]; of a depthwise convolution [M, C, kh, kw] */
  readonly filter: Shape4;
  /** [N, O, oh, ow] */
  readonly output: Shape4;
}

/** Refuses a node that the layout pass has not turned to NCHW. */
export const nchw =
  <A extends ConvolutionAttributes>(lowering: OnnxLowering<A>): OnnxLowering<A> =>
  (node, w) =>
    node.attributes.layout === 'NCHW' ? lowering(node, w) : refuse(node, 'in NHWC layout');

/** TensorFlow's attributes of a convolution that reads `images` and gives `output`, both NHWC. */
export function tensorflowAttributes(
  node: Node<ConvolutionAttributes>,
  w: TensorFlowWriter,
  [images, output]: readonly [number, number],
): Record<string, TensorFlowAttribute> {
  const { strides, dilations } = node.attributes;
  const filter = w.type(node.inputs[1]!).shape;
  const [size, out] = [images, output].map((id) => heightAndWidth(w.type(id).shape)) as [number[], number[]];
  const kernel = [0, 1].map((i) => (filter[i]! - 1) * dilations[i]! + 1);
  return {
    strides: attribute.ints([1, ...strides, 1]),
    dilations: attribute.ints([1, ...dilations, 1]),
    data_format: attribute.text('NHWC'),
    ...padding(node.attributes, { size, out, kernel }),
  };
}

/**
 * Each output pixel takes one multiply-add for each element of the filter that makes it, and so does each gradient.
 * Padding is counted too.
 */
export const multiplyAdds = (output: readonly number[], filter: readonly number[]): number =>
  sizeOf(output) * sizeOf(filter.slice(1));

/** The number of rows and of columns from the first that a convolution reads, its padding included, to the last. */
const reach = (
  { strides, dilations }: ConvolutionAttributes,
  { filter, output }: ConvolutionShapes,
): number[] =>
  [0, 1].map((i) => strides[i]! * (output[i + 2]! - 1) + (filter[i + 2]! - 1) * dilations[i]! + 1);

/** Rows and columns at the end of each axis that the strides of the forward convolution left unread; NCHW shapes. */
export const restOf = (attributes: ConvolutionAttributes, shapes: ConvolutionShapes): number[] =>
  reach(attributes, shapes).map(
    (read, i) => shapes.image[i + 2]! - (read - attributes.pads[i]! - attributes.pads[i + 2]!),
  );

/** The part of an NCHW image that a convolution reads. */
interface ReadPart {
  /** The image without the rows and columns at its end that are not read. */
  readonly source: string;
  /** Its height and width. */
  readonly size: readonly number[];
  /** Rows and columns of padding that are read behind it. */
  readonly end: readonly number[];
}

/** Cuts from an NCHW image what the forward convolution does not read of it. */
export function readPart(
  w: OnnxWriter,
  image: string,
  of: { readonly attributes: ConvolutionAttributes; readonly shapes: ConvolutionShapes },
): ReadPart {
  const full = of.shapes.image.slice(2);
  const read = reach(of.attributes, of.shapes).map((n, i) => n - of.attributes.pads[i]!);
  const size = full.map((n, i) => Math.min(n, read[i]!));
  const end = read.map((n, i) => Math.max(0, n - full[i]!));
  const isWhole = size.every((n, i) => n === full[i]);
  const source = isWhole ? image : w.emit('Slice', [image, w.int64([0, 0]), w.int64(size), w.int64([2, 3])]);
  return { source, size, end };
}
