import { backend_util } from '@tensorflow/tfjs-core';
import type { Attributes } from '../../graph/graph.ts';
import { ints, type KernelMacro, type KernelRule } from '../kernel-rule.ts';

const spatialAxes = (attributes: Attributes): readonly [number, number] =>
  attributes['layout'] === 'NCHW' ? [2, 3] : [1, 2];

const BATCH_NORM_INPUTS = ['x', 'mean', 'variance', 'offset', 'scale'] as const;

/** Normalisation, pooling and resizing of images. */
export const spatial: readonly KernelRule[] = [
  {
    kernel: 'FusedBatchNorm',
    inputs: BATCH_NORM_INPUTS,
    infer: ([x]) => [x!],
  },
  {
    kernel: 'AvgPool',
    inputs: ['x'],
    canonical: (attrs, [x]) => pool(attrs, x!.shape),
    infer: ([x], attributes) => {
      const [size, strides, pads] = [
        ints(attributes, 'size'),
        ints(attributes, 'strides'),
        ints(attributes, 'pads'),
      ];
      const shape = [...x!.shape];
      spatialAxes(attributes).forEach((axis, i) => {
        shape[axis] = Math.floor((shape[axis]! + pads[i]! + pads[i + 2]! - size[i]!) / strides[i]!) + 1;
      });
      return [{ shape, dtype: x!.dtype }];
    },
  },
  {
    kernel: 'AvgPoolGrad',
    inputs: ['dy', 'input'],
    canonical: (attrs, [, input]) => pool(attrs, input!.shape),
    infer: ([dy, input]) => [{ shape: input!.shape, dtype: dy!.dtype }],
  },
  {
    kernel: 'ResizeBilinear',
    inputs: ['images'],
    canonical: ({ size, alignCorners, halfPixelCenters }) => ({
      size: [...(size as readonly number[])],
      alignCorners: alignCorners === true,
      halfPixelCenters: halfPixelCenters === true,
      layout: 'NHWC',
    }),
    infer: ([images], attributes) => {
      const shape = [...images!.shape];
      spatialAxes(attributes).forEach((axis, i) => (shape[axis] = ints(attributes, 'size')[i]!));
      return [{ shape, dtype: 'float32' }];
    },
  },
  {
    kernel: 'ResizeNearestNeighbor',
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
      spatialAxes(attributes).forEach((axis, i) => (shape[axis]! *= ints(attributes, 'factors')[i]!));
      return [{ shape, dtype: images!.dtype }];
    },
  },
  {
    kernel: 'ResizeNearestNeighborGrad',
    inputs: ['images', 'dy'],
    canonical: (_attrs, [images, dy]) => ({
      factors: [1, 2].map((axis) => dy!.shape[axis]! / images!.shape[axis]!),
      layout: 'NHWC',
    }),
    infer: ([images]) => [images!],
  },
];

export const spatialMacros: readonly KernelMacro[] = [
  {
    // TF.js leaves out the offset and the scale that its caller leaves out.
    kernel: 'FusedBatchNorm',
    expand: ({ emit, builder, inputs, attrs }) => {
      const type = inputs['mean']!;
      const given = { offset: builder.fill(type, 0), scale: builder.fill(type, 1), ...inputs };
      const attributes = { epsilon: Number(attrs['varianceEpsilon'] ?? 0.001), layout: 'NHWC' };
      return emit(
        'FusedBatchNorm',
        BATCH_NORM_INPUTS.map((name) => (given as typeof inputs)[name]!),
        attributes,
      );
    },
  },
];

function pool(attrs: Readonly<Record<string, unknown>>, x: readonly number[]): Attributes {
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
