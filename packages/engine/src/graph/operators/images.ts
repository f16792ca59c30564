import { backend_util } from '@tensorflow/tfjs-core';
import { NCHW, imageLayout } from './layout.ts';
import { cast, operands, refuse, type OnnxWriter } from './onnx.ts';
import { operator, sameType, type Operator } from './operator.ts';
import { attribute, heightAndWidth, inputs, padding, type TensorFlowLowering } from './tensorflow.ts';

type Layout = { readonly layout: 'NHWC' | 'NCHW' };

/** Pairs are [vertical, horizontal]; `pads` are [top, left, bottom, right]. */
export type PoolAttributes = Layout & {
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly pads: readonly number[];
};

const spatialAxes = ({ layout }: Layout): readonly [number, number] => (layout === 'NCHW' ? [2, 3] : [1, 2]);

function canonicalPool(attrs: Readonly<Record<string, unknown>>, x: readonly number[]): PoolAttributes {
  const info = backend_util.computePool2DInfo(
    [...x] as [number, number, number, number],
    attrs['filterSize'] as [number, number],
    attrs['strides'] as [number, number],
    1,
    attrs['pad'] as 'same' | 'valid' | number,
    attrs['dimRoundingMode'] as 'floor' | 'round' | 'ceil' | undefined,
  );
  const { padInfo: pad } = info;
  return {
    size: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    pads: [pad.top, pad.left, pad.bottom, pad.right],
    layout: 'NHWC',
  };
}

/** Each pixel becomes a block: reshape to [N, C, H, 1, W, 1], expand, reshape. */
function enlarge(
  w: OnnxWriter,
  name: string,
  { small, factors }: { small: readonly number[]; factors: readonly number[] },
): { op: string; inputs: string[] } {
  const [n, c, h, wide] = small as [number, number, number, number];
  const [fh, fw] = factors as [number, number];
  const split = w.emit('Reshape', [name, w.int64([n, c, h, 1, wide, 1])]);
  const blocks = w.emit('Expand', [split, w.int64([n, c, h, fh, wide, fw])]);
  return { op: 'Reshape', inputs: [blocks, w.int64([n, c, h * fh, wide * fw])] };
}

/** `bilinear` has the attributes of a rule other than the usual one; nearest-neighbour resizing has none. */
const tensorflowResize =
  (op: string): TensorFlowLowering =>
  (node, w) => ({
    op,
    input: [...inputs(node, w), w.list(heightAndWidth(w.type(node.outputs[0]!).shape))],
    attr: {
      align_corners: attribute.bool(node.attributes['alignCorners'] === true),
      half_pixel_centers: attribute.bool(node.attributes['halfPixelCenters'] === true),
    },
  });

/** Normalisation, pooling and resizing of images. */
export const imageOperators = {
  AvgPool: operator<PoolAttributes>({
    inputs: ['x'],
    canonical: (attrs, [x]) => canonicalPool(attrs, x!.shape),
    infer: ([x], attributes) => {
      const { size, strides, pads } = attributes;
      const shape = [...x!.shape];
      spatialAxes(attributes).forEach((axis, i) => {
        shape[axis] = Math.floor((shape[axis]! + pads[i]! + pads[i + 2]! - size[i]!) / strides[i]!) + 1;
      });
      return { shape, dtype: x!.dtype };
    },
    layout: imageLayout([NCHW]),
    onnx: (node, w) => {
      const { size, strides, pads } = node.attributes;
      w.result(node, {
        op: 'AveragePool',
        inputs: operands(node, w),
        attributes: { kernel_shape: size, strides, pads },
      });
    },
    tensorflow: (node, w) => {
      const { size: kernel, strides } = node.attributes;
      const [size, out] = [node.inputs[0]!, node.outputs[0]!].map((id) => heightAndWidth(w.type(id).shape));
      return {
        op: 'AvgPool',
        input: inputs(node, w),
        attr: {
          ksize: attribute.ints([1, ...kernel, 1]),
          strides: attribute.ints([1, ...strides, 1]),
          data_format: attribute.text('NHWC'),
          ...padding(node.attributes, { size: size!, out: out!, kernel }),
        },
      };
    },
  }),
  AvgPoolGrad: operator<PoolAttributes>({
    inputs: ['dy', 'input'],
    canonical: (attrs, [, input]) => canonicalPool(attrs, input!.shape),
    infer: ([dy, input]) => ({ shape: input!.shape, dtype: dy!.dtype }),
    layout: imageLayout([NCHW, NCHW]),
    // Each gradient is spread evenly over its window; overlapping windows add up, as in a transposed convolution.
    onnx: (node, w) => {
      const { size, strides, pads } = node.attributes;
      const [dy, x] = node.inputs as [number, number];
      const [small, image] = [w.type(dy).shape, w.type(x).shape];
      // TF.js divides by the whole window here, but by the part inside the image in the forward pass.
      if (pads.some((n) => n !== 0)) refuse(node, 'with padded windows');
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
    },
  }),
  /** Statistics, offset and scale are vectors with one number per channel. */
  FusedBatchNorm: operator<Layout & { readonly epsilon: number }>({
    inputs: ['x', 'mean', 'variance', 'offset', 'scale'],
    canonical: (attrs) => ({ epsilon: Number(attrs['varianceEpsilon'] ?? 0.001), layout: 'NHWC' }),
    infer: sameType,
    layout: imageLayout([NCHW]),
    onnx: (node, w) => {
      const [x, mean, variance, offset, scale] = operands(node, w) as [
        string,
        string,
        string,
        string,
        string,
      ];
      if (w.type(node.inputs[1]!).shape.length !== 1) {
        refuse(node, 'with statistics that are not one number per channel');
      }
      w.result(node, {
        op: 'BatchNormalization',
        inputs: [x, scale, offset, mean, variance],
        attributes: { epsilon: { float: node.attributes.epsilon } },
      });
    },
    tensorflow: (node, w) => {
      const [x, mean, variance, offset, scale] = inputs(node, w) as [string, string, string, string, string];
      return {
        op: 'FusedBatchNormV3',
        input: [x, scale, offset, mean, variance],
        attr: {
          epsilon: attribute.float(node.attributes.epsilon),
          data_format: attribute.text('NHWC'),
          is_training: attribute.bool(false),
        },
      };
    },
  }),
  ResizeBilinear: operator<
    Layout & {
      /** [height, width] */
      readonly size: readonly number[];
      readonly alignCorners: boolean;
      readonly halfPixelCenters: boolean;
    }
  >({
    inputs: ['images'],
    canonical: ({ size, alignCorners, halfPixelCenters }) => ({
      size: [...(size as readonly number[])],
      alignCorners: alignCorners === true,
      halfPixelCenters: halfPixelCenters === true,
      layout: 'NHWC',
    }),
    infer: ([images], attributes) => {
      const shape = [...images!.shape];
      spatialAxes(attributes).forEach((axis, i) => (shape[axis] = attributes.size[i]!));
      return { shape, dtype: 'float32' };
    },
    layout: imageLayout([NCHW]),
    onnx: (node, w) => {
      const x = node.inputs[0]!;
      const { alignCorners, halfPixelCenters } = node.attributes;
      const floats = w.type(x).dtype === 'float32' ? w.name(x) : cast(w, w.name(x), 'float32');
      const mode = alignCorners ? 'align_corners' : halfPixelCenters ? 'half_pixel' : 'asymmetric';
      w.result(node, {
        op: 'Resize',
        // No region and no factors. All four sizes: ONNX Runtime 1.30 loses those of `axes` behind a Transpose.
        inputs: [floats, '', '', w.int64(w.type(node.outputs[0]!).shape)],
        attributes: { mode: 'linear', coordinate_transformation_mode: mode },
      });
    },
    tensorflow: tensorflowResize('ResizeBilinear'),
  }),
  ResizeNearestNeighbor: operator<Layout & { readonly factors: readonly number[] }>({
    inputs: ['images'],
    canonical: (attrs, [images]) => {
      const size = attrs['size'] as [number, number];
      const factors = size.map((n, i) => n / images!.shape[i + 1]!);
      if (!factors.every(Number.isInteger) || attrs['alignCorners'] === true) {
        throw new Error('nearest-neighbour resizing is compiled for whole factors without alignCorners only');
      }
      return { factors, layout: 'NHWC' };
    },
    infer: ([images], attributes) => {
      const shape = [...images!.shape];
      spatialAxes(attributes).forEach((axis, i) => (shape[axis]! *= attributes.factors[i]!));
      return { shape, dtype: images!.dtype };
    },
    layout: imageLayout([NCHW]),
    onnx: (node, w) => {
      const x = node.inputs[0]!;
      const { factors } = node.attributes;
      w.result(node, enlarge(w, w.name(x), { small: w.type(x).shape, factors }));
    },
    tensorflow: tensorflowResize('ResizeNearestNeighbor'),
  }),
  ResizeNearestNeighborGrad: operator<Layout & { readonly factors: readonly number[] }>({
    inputs: ['images', 'dy'],
    canonical: (_attrs, [images, dy]) => ({
      factors: [1, 2].map((axis) => dy!.shape[axis]! / images!.shape[axis]!),
      layout: 'NHWC',
    }),
    infer: sameType,
    layout: imageLayout([NCHW, NCHW]),
    // The sum over each block.
    onnx: (node, w) => {
      const [x, dy] = node.inputs as [number, number];
      const [n, c, h, wide] = w.type(x).shape as [number, number, number, number];
      const [fh, fw] = node.attributes.factors as [number, number];
      const blocks = w.emit('Reshape', [w.name(dy), w.int64([n, c, h, fh, wide, fw])]);
      w.result(node, { op: 'ReduceSum', inputs: [blocks, w.int64([3, 5])], attributes: { keepdims: 0 } });
    },
  }),
} satisfies Record<string, Operator>;
