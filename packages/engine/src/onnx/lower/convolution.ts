import type { Node } from '../../graph/graph.ts';
import { ints } from '../../trace/kernel-rule.ts';
import { refuse, type Lowering, type OnnxWriter } from './lowering.ts';

type Shape4 = readonly [number, number, number, number];

const shapeOf = (w: OnnxWriter, id: number): Shape4 => w.type(id).shape as Shape4;

/**
 * True when the filter covers the whole image once: then a convolution is a matrix product, which saves unrolling
 * the image. GANs have two such layers, the first of the generator and the last of the discriminator.
 */
function isWholeWindow(node: Node, image: Shape4, small: Shape4): boolean {
  return (
    small[2] === 1 &&
    small[3] === 1 &&
    ints(node.attributes, 'pads').every((n) => n === 0) &&
    image[2] * image[3] > 0
  );
}

const flat = (w: OnnxWriter, name: string, rows: number): string =>
  w.emit('Reshape', [name, w.int64([rows, -1])]);

/** x [N, I, H, W] with filter [O, I, kh, kw]. */
const forward: Lowering = (node, w) => {
  const [x, filter] = node.inputs as [number, number];
  const [image, kernel, out] = [shapeOf(w, x), shapeOf(w, filter), shapeOf(w, node.outputs[0]!)];
  if (isWholeWindow(node, image, out) && image[2] === kernel[2] && image[3] === kernel[3]) {
    const rows = flat(w, w.name(x), image[0]);
    const product = w.emit('Gemm', [rows, flat(w, w.name(filter), kernel[0])], { transB: 1 });
    return w.result(node, { op: 'Reshape', inputs: [product, w.int64(out)] });
  }
  w.result(node, {
    op: 'Conv',
    inputs: [w.name(x), w.name(filter)],
    attributes: {
      strides: ints(node.attributes, 'strides'),
      dilations: ints(node.attributes, 'dilations'),
      pads: ints(node.attributes, 'pads'),
      kernel_shape: [kernel[2], kernel[3]],
    },
  });
};

/** dy [N, O, oh, ow] with filter [O, I, kh, kw] to dx [N, I, H, W]: a transposed convolution. */
const backpropInput: Lowering = (node, w) => {
  const [dy, filter] = node.inputs as [number, number];
  const [small, kernel, image] = [shapeOf(w, dy), shapeOf(w, filter), shapeOf(w, node.outputs[0]!)];
  if (isWholeWindow(node, image, small) && image[2] === kernel[2] && image[3] === kernel[3]) {
    const product = w.emit('Gemm', [flat(w, w.name(dy), small[0]), flat(w, w.name(filter), kernel[0])]);
    return w.result(node, { op: 'Reshape', inputs: [product, w.int64(image)] });
  }
  const [strides, dilations, pads] = convolution(node);
  // What the strides of the forward convolution left unread at the end of each axis.
  const rest = [0, 1].map((i) => {
    const reached = strides[i]! * (small[i + 2]! - 1) + (kernel[i + 2]! - 1) * dilations[i]! + 1;
    return image[i + 2]! - (reached - pads[i]! - pads[i + 2]!);
  });
  w.result(node, {
    op: 'ConvTranspose',
    inputs: [w.name(dy), w.name(filter)],
    attributes: { strides, dilations, pads, output_padding: rest, kernel_shape: [kernel[2], kernel[3]] },
  });
};

/**
 * x [N, I, H, W] and dy [N, O, oh, ow] to dW [O, I, kh, kw]: the convolution of x by dy with batch and channels
 * swapped, in which the forward strides become dilations and the forward dilations strides.
 */
const backpropFilter: Lowering = (node, w) => {
  const [x, dy] = node.inputs as [number, number];
  const [image, small, kernel] = [shapeOf(w, x), shapeOf(w, dy), shapeOf(w, node.outputs[0]!)];
  if (isWholeWindow(node, image, small) && image[2] === kernel[2] && image[3] === kernel[3]) {
    const rows = flat(w, w.name(dy), small[0]);
    const product = w.emit('Gemm', [rows, flat(w, w.name(x), image[0])], { transA: 1 });
    return w.result(node, { op: 'Reshape', inputs: [product, w.int64(kernel)] });
  }
  const [strides, dilations, pads] = convolution(node);
  const end = [0, 1].map((i) => {
    const read = (small[i + 2]! - 1) * strides[i]! + (kernel[i + 2]! - 1) * dilations[i]! + 1;
    return read - image[i + 2]! - pads[i]!;
  });
  let source = w.name(x);
  if (end.some((n) => n < 0)) {
    // Rows and columns that the forward convolution never read.
    const size = [0, 1].map((i) => image[i + 2]! + Math.min(0, end[i]!));
    source = w.emit('Slice', [source, w.int64([0, 0]), w.int64(size), w.int64([2, 3])]);
  }
  const swapped = { perm: [1, 0, 2, 3] };
  const product = w.emit(
    'Conv',
    [w.emit('Transpose', [source], swapped), w.emit('Transpose', [w.name(dy)], swapped)],
    {
      strides: dilations,
      dilations: strides,
      pads: [pads[0]!, pads[1]!, ...end.map((n) => Math.max(0, n))],
      kernel_shape: [small[2], small[3]],
    },
  );
  w.result(node, { op: 'Transpose', inputs: [product], attributes: swapped });
};

function convolution(node: Node): [readonly number[], readonly number[], readonly number[]] {
  return [
    ints(node.attributes, 'strides'),
    ints(node.attributes, 'dilations'),
    ints(node.attributes, 'pads'),
  ];
}

/** Refuses a node that the layout pass has not turned to NCHW. */
const nchw =
  (lowering: Lowering): Lowering =>
  (node, w) =>
    node.attributes['layout'] === 'NCHW' ? lowering(node, w) : refuse(node, 'in NHWC layout');

export const convolutions: Readonly<Record<string, Lowering>> = {
  Conv2D: nchw(forward),
  Conv2DBackpropInput: nchw(backpropInput),
  Conv2DBackpropFilter: nchw(backpropFilter),
};
