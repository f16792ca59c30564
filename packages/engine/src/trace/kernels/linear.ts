import { backend_util, type NamedAttrMap } from '@tensorflow/tfjs-core';
import type { Type } from '../../graph/builder.ts';
import { sameShape, type Attributes, type Value } from '../../graph/graph.ts';
import { ints, type KernelMacro, type KernelRule } from '../kernel-rule.ts';

/** Canonical attributes of a convolution: `strides` and `dilations` [h, w], `pads` [top, left, bottom, right]. */
function convolution(attrs: NamedAttrMap, x: readonly number[], filter: readonly number[]): Attributes {
  const format = (attrs['dataFormat'] ?? 'NHWC') as string;
  if (format !== 'NHWC') throw new Error(`convolutions are compiled in NHWC, not ${format}`);
  const info = backend_util.computeConv2DInfo(
    [...x] as [number, number, number, number],
    [...filter] as [number, number, number, number],
    attrs['strides'] as number | [number, number],
    (attrs['dilations'] ?? 1) as number | [number, number],
    attrs['pad'] as number | 'same' | 'valid',
    attrs['dimRoundingMode'] as 'floor' | 'round' | 'ceil' | undefined,
  );
  const { padInfo: pad } = info;
  return {
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    pads: [pad.top, pad.left, pad.bottom, pad.right],
    layout: 'NHWC',
  };
}

const window = (n: number, k: number, [stride, dilation, pad]: readonly [number, number, number]): number =>
  Math.floor((n + pad - (k - 1) * dilation - 1) / stride) + 1;

/** Output shape of a convolution in the node's layout (NCHW goes with OIHW filters). */
function convolved(x: Type, filter: Type, attributes: Attributes): Type {
  const [s, d, p] = [ints(attributes, 'strides'), ints(attributes, 'dilations'), ints(attributes, 'pads')];
  const nchw = attributes['layout'] === 'NCHW';
  const [h, w, c] = nchw ? [2, 3, 1] : [1, 2, 3];
  const [kh, kw, ci, co] = nchw ? [2, 3, 1, 0] : [0, 1, 2, 3];
  if (x.shape[c!] !== filter.shape[ci!]) {
    throw new Error(`convolution of [${x.shape.join(', ')}] with a filter of [${filter.shape.join(', ')}]`);
  }
  const oh = window(x.shape[h!]!, filter.shape[kh!]!, [s[0]!, d[0]!, p[0]! + p[2]!]);
  const ow = window(x.shape[w!]!, filter.shape[kw!]!, [s[1]!, d[1]!, p[1]! + p[3]!]);
  const [n, out] = [x.shape[0]!, filter.shape[co!]!];
  return { shape: nchw ? [n, out, oh, ow] : [n, oh, ow, out], dtype: x.dtype };
}

/** The gradient of a convolution comes in the shape of its output. */
function requireOutput(dy: Type, output: Type): void {
  if (sameShape(dy.shape, output.shape)) return;
  throw new Error(`a gradient of [${dy.shape.join(', ')}] for an output of [${output.shape.join(', ')}]`);
}

/** Matrix products and convolutions. */
export const linear: readonly KernelRule[] = [
  {
    kernel: 'BatchMatMul',
    inputs: ['a', 'b'],
    canonical: (attrs) => ({
      transposeA: Boolean(attrs['transposeA']),
      transposeB: Boolean(attrs['transposeB']),
    }),
    infer: ([a, b], attributes) => {
      const rows = a!.shape.at(attributes['transposeA'] === true ? -1 : -2)!;
      const columns = b!.shape.at(attributes['transposeB'] === true ? -2 : -1)!;
      const batch = backend_util.assertAndGetBroadcastShape(a!.shape.slice(0, -2), b!.shape.slice(0, -2));
      return [{ shape: [...batch, rows, columns], dtype: a!.dtype }];
    },
  },
  {
    kernel: 'Conv2D',
    inputs: ['x', 'filter'],
    canonical: (attrs, [x, filter]) => convolution(attrs, x!.shape, filter!.shape),
    infer: ([x, filter], attributes) => [convolved(x!, filter!, attributes)],
  },
  {
    kernel: 'Conv2DBackpropInput',
    inputs: ['dy', 'filter'],
    canonical: (attrs, [, filter]) => {
      const shape = attrs['inputShape'] as number[];
      return { ...convolution(attrs, shape, filter!.shape), shape };
    },
    infer: ([dy, filter], attributes) => {
      const image = { shape: ints(attributes, 'shape'), dtype: dy!.dtype };
      requireOutput(dy!, convolved(image, filter!, attributes));
      return [image];
    },
  },
  {
    kernel: 'Conv2DBackpropFilter',
    inputs: ['x', 'dy'],
    canonical: (attrs, [x]) => {
      const shape = attrs['filterShape'] as number[];
      return { ...convolution(attrs, x!.shape, shape), shape };
    },
    infer: ([x, dy], attributes) => {
      const filter = { shape: ints(attributes, 'shape'), dtype: x!.dtype };
      requireOutput(dy!, convolved(x!, filter, attributes));
      return [filter];
    },
  },
];

/** Activation kernels of TF.js's fused operations. */
const ACTIVATIONS: Readonly<Record<string, string>> = {
  relu: 'Relu',
  relu6: 'Relu6',
  elu: 'Elu',
  sigmoid: 'Sigmoid',
  leakyrelu: 'LeakyRelu',
};

/** A fused TF.js kernel as the plain kernels it stands for: product, bias, activation. */
function fused(kernel: string, base: string, operands: readonly string[]): KernelMacro {
  return {
    kernel,
    expand: ({ emit, inputs, attrs }) => {
      const values = operands.map((name) => inputs[name]!);
      const rule = linear.find((candidate) => candidate.kernel === base)!;
      let y: Value = emit(base, values, rule.canonical!(attrs, values));
      if (inputs['bias']) y = emit('Add', [y, inputs['bias']]);
      const activation = (attrs['activation'] ?? 'linear') as string;
      if (activation === 'linear') return y;
      if (activation === 'prelu') return emit('Prelu', [y, inputs['preluActivationWeights']!]);
      const name = ACTIVATIONS[activation];
      if (!name) throw new Error(`activation ${activation} of ${kernel} is not compiled`);
      return emit(name, [y], name === 'LeakyRelu' ? { alpha: Number(attrs['leakyreluAlpha'] ?? 0.2) } : {});
    },
  };
}

export const linearMacros: readonly KernelMacro[] = [
  fused('FusedConv2D', 'Conv2D', ['x', 'filter']),
  fused('_FusedMatMul', 'BatchMatMul', ['a', 'b']),
];
