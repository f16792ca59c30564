import { ints } from '../../trace/kernel-rule.ts';
import { ELEMENT } from '../model.ts';
import { refuse, type Lowering } from './lowering.ts';

/** x [N, C, H, W] with per-channel mean, variance, offset and scale [C]. */
const batchNorm: Lowering = (node, w) => {
  const [x, mean, variance, offset, scale] = node.inputs.map((id) => w.name(id)) as [
    string,
    string,
    string,
    string,
    string,
  ];
  if (w.type(node.inputs[1]!).shape.length !== 1)
    refuse(node, 'with statistics that are not one number a channel');
  w.result(node, {
    op: 'BatchNormalization',
    inputs: [x, scale, offset, mean, variance],
    attributes: { epsilon: { float: node.attributes['epsilon'] as number } },
  });
};

const averagePool: Lowering = (node, w) =>
  w.result(node, {
    op: 'AveragePool',
    inputs: [w.name(node.inputs[0]!)],
    attributes: {
      kernel_shape: ints(node.attributes, 'size'),
      strides: ints(node.attributes, 'strides'),
      pads: ints(node.attributes, 'pads'),
    },
  });

/** Each gradient is spread evenly over its window; overlapping windows add up, as in a transposed convolution. */
const averagePoolGrad: Lowering = (node, w) => {
  const [size, strides] = [ints(node.attributes, 'size'), ints(node.attributes, 'strides')];
  const [dy, x] = node.inputs as [number, number];
  const [small, image] = [w.type(dy).shape, w.type(x).shape];
  // TF.js divides by the whole window here, but by the part inside the image in the forward pass.
  if (ints(node.attributes, 'pads').some((n) => n !== 0)) refuse(node, 'with padded windows');
  const share = 1 / (size[0]! * size[1]!);
  if (size.every((n, i) => n === strides[i] && small[i + 2]! * n === image[i + 2])) {
    const shares = w.emit('Mul', [w.name(dy), w.scalar(share)]);
    return w.result(node, enlarge(w, shares, { small, factors: size }));
  }
  const planes = w.emit('Reshape', [w.name(dy), w.int64([-1, 1, small[2]!, small[3]!])]);
  const window = w.emit('Reshape', [w.filled(size[0]! * size[1]!, share), w.int64([1, 1, ...size])]);
  const rest = size.map((n, i) => image[i + 2]! - (small[i + 2]! - 1) * strides[i]! - n);
  const spread = w.emit('ConvTranspose', [planes, window], {
    strides,
    output_padding: rest,
    kernel_shape: size,
  });
  w.result(node, { op: 'Reshape', inputs: [spread, w.int64(image)] });
};

const resizeBilinear: Lowering = (node, w) => {
  const x = node.inputs[0]!;
  const { alignCorners, halfPixelCenters } = node.attributes;
  const floats =
    w.type(x).dtype === 'float32' ? w.name(x) : w.emit('Cast', [w.name(x)], { to: ELEMENT.float32 });
  const mode = alignCorners ? 'align_corners' : halfPixelCenters ? 'half_pixel' : 'asymmetric';
  w.result(node, {
    op: 'Resize',
    // A region and factors are left out. All four sizes, for ONNX Runtime 1.30 loses those of `axes` behind a Transpose.
    inputs: [floats, '', '', w.int64(w.type(node.outputs[0]!).shape)],
    attributes: { mode: 'linear', coordinate_transformation_mode: mode },
  });
};

const resizeNearest: Lowering = (node, w) => {
  const x = node.inputs[0]!;
  const factors = ints(node.attributes, 'factors');
  w.result(node, enlarge(w, w.name(x), { small: w.type(x).shape, factors }));
};

/** Each pixel becomes a block: reshape to [N, C, H, 1, W, 1], expand, reshape. */
function enlarge(
  w: Parameters<Lowering>[1],
  name: string,
  { small, factors }: { small: readonly number[]; factors: readonly number[] },
): { op: string; inputs: string[] } {
  const [n, c, h, wide] = small as [number, number, number, number];
  const [fh, fw] = factors as [number, number];
  const split = w.emit('Reshape', [name, w.int64([n, c, h, 1, wide, 1])]);
  const blocks = w.emit('Expand', [split, w.int64([n, c, h, fh, wide, fw])]);
  return { op: 'Reshape', inputs: [blocks, w.int64([n, c, h * fh, wide * fw])] };
}

/** The sum over each block. */
const resizeNearestGrad: Lowering = (node, w) => {
  const [x, dy] = node.inputs as [number, number];
  const [n, c, h, wide] = w.type(x).shape as [number, number, number, number];
  const [fh, fw] = ints(node.attributes, 'factors') as [number, number];
  const blocks = w.emit('Reshape', [w.name(dy), w.int64([n, c, h, fh, wide, fw])]);
  w.result(node, { op: 'ReduceSum', inputs: [blocks, w.int64([3, 5])], attributes: { keepdims: 0 } });
};

export const spatial: Readonly<Record<string, Lowering>> = {
  AvgPool: averagePool,
  AvgPoolGrad: averagePoolGrad,
  FusedBatchNorm: batchNorm,
  ResizeBilinear: resizeBilinear,
  ResizeNearestNeighbor: resizeNearest,
  ResizeNearestNeighborGrad: resizeNearestGrad,
};
