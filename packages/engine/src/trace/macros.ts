import type { NamedAttrMap } from '@tensorflow/tfjs-core';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Attributes, Type, Value } from '../graph/graph.ts';
import { OPERATORS, type OperatorName } from '../graph/operators/index.ts';

/** Records an operator from inside a macro. */
type Emit = (kernel: OperatorName, inputs: readonly Value[], attributes?: Attributes) => Value;

/** One call of a TF.js kernel, with its inputs by name. */
interface Call {
  readonly emit: Emit;
  readonly builder: GraphBuilder;
  readonly inputs: Readonly<Record<string, Value>>;
  readonly attrs: NamedAttrMap;
}

/** Records a TF.js kernel as operators or as a constant; returns what the kernel returns. */
type Macro = (call: Call) => Value | Value[];

/** Activations of TF.js's fused kernels, which are one operator without operands of their own. */
const ACTIVATIONS: Readonly<Record<string, OperatorName>> = {
  relu: 'Relu',
  relu6: 'Relu6',
  elu: 'Elu',
  sigmoid: 'Sigmoid',
  leakyrelu: 'LeakyRelu',
};

/** A fused TF.js kernel: product, bias, activation. */
const fused =
  (kernel: string, product: 'Conv2D' | 'DepthwiseConv2dNative' | 'BatchMatMul'): Macro =>
  ({ emit, inputs, attrs }) => {
    const operator = OPERATORS[product];
    const operands = (operator.inputs as readonly string[]).map((name) => inputs[name]!);
    let y = emit(product, operands, operator.canonical!(attrs, operands));
    if (inputs['bias']) y = emit('Add', [y, inputs['bias']]);
    const activation = (attrs['activation'] ?? 'linear') as string;
    if (activation === 'linear') return y;
    if (activation === 'prelu') return emit('Prelu', [y, inputs['preluActivationWeights']!]);
    const name = ACTIVATIONS[activation];
    if (!name) throw new Error(`activation ${activation} of ${kernel} is not compiled`);
    return emit(name, [y], name === 'LeakyRelu' ? { alpha: Number(attrs['leakyreluAlpha'] ?? 0.2) } : {});
  };

const axisOf = (attrs: NamedAttrMap, rank: number): number => (Number(attrs['axis'] ?? 0) + rank) % rank;

/** The shape with an axis of length 1 inserted at `axis`. */
const expanded = (shape: readonly number[], axis: number): number[] => [
  ...shape.slice(0, axis),
  1,
  ...shape.slice(axis),
];

/** `length` elements of `x` along `axis`, from `from` on. */
function slice(emit: Emit, x: Value, range: { axis: number; from: number; length: number }): Value {
  const { axis, from, length } = range;
  return emit('Slice', [x], {
    begin: x.shape.map((_n, a) => (a === axis ? from : 0)),
    size: x.shape.map((n, a) => (a === axis ? length : n)),
  });
}

/** TF.js kernels that are no operators, and those whose operands or types have to be completed first. */
export const MACROS: ReadonlyMap<string, Macro> = new Map<string, Macro>([
  ['FusedConv2D', fused('FusedConv2D', 'Conv2D')],
  ['FusedDepthwiseConv2D', fused('FusedDepthwiseConv2D', 'DepthwiseConv2dNative')],
  ['_FusedMatMul', fused('_FusedMatMul', 'BatchMatMul')],
  [
    'ExpandDims',
    ({ emit, inputs, attrs }) => {
      const x = inputs['input']!;
      const rank = x.shape.length + 1;
      return emit('Reshape', [x], { shape: expanded(x.shape, (Number(attrs['dim']) + rank) % rank) });
    },
  ],
  [
    'Pack',
    ({ emit, inputs, attrs }) => {
      const list = Object.values(inputs);
      const axis = axisOf(attrs, list[0]!.shape.length + 1);
      const parts = list.map((x) => emit('Reshape', [x], { shape: expanded(x.shape, axis) }));
      return emit('Concat', parts, { axis });
    },
  ],
  [
    'Unpack',
    ({ emit, inputs, attrs }) => {
      const x = inputs['value']!;
      const axis = axisOf(attrs, x.shape.length);
      const shape = x.shape.filter((_n, a) => a !== axis);
      return Array.from({ length: x.shape[axis]! }, (_, from) =>
        emit('Reshape', [slice(emit, x, { axis, from, length: 1 })], { shape }),
      );
    },
  ],
  [
    'SplitV',
    ({ emit, inputs, attrs }) => {
      const x = inputs['x']!;
      const axis = axisOf(attrs, x.shape.length);
      const given = attrs['numOrSizeSplits'] as number | number[];
      const sizes = Array.isArray(given) ? given : Array<number>(given).fill(x.shape[axis]! / given);
      let at = 0;
      return sizes.map((length) => {
        const from = at;
        at += length;
        return slice(emit, x, { axis, from, length });
      });
    },
  ],
  [
    'Fill',
    ({ builder, attrs }) => {
      const dtype = (attrs['dtype'] as Type['dtype'] | undefined) ?? 'float32';
      return builder.fill({ shape: attrs['shape'] as number[], dtype }, Number(attrs['value']));
    },
  ],
  ['ZerosLike', ({ builder, inputs }) => builder.fill(inputs['x']!, 0)],
  ['OnesLike', ({ builder, inputs }) => builder.fill(inputs['x']!, 1)],
  [
    // The mean of integers is a float.
    'Mean',
    ({ emit, inputs, attrs }) => {
      const x = inputs['x']!;
      const floats = x.dtype === 'float32' ? x : emit('Cast', [x], { dtype: 'float32' });
      return emit('Mean', [floats], OPERATORS.Mean.canonical!(attrs, [x]));
    },
  ],
  [
    // TF.js leaves out the offset and the scale that its caller leaves out.
    'FusedBatchNorm',
    ({ emit, builder, inputs, attrs }) => {
      const type = inputs['mean']!;
      const given: typeof inputs = { offset: builder.fill(type, 0), scale: builder.fill(type, 1), ...inputs };
      const operator = OPERATORS.FusedBatchNorm;
      const operands = (operator.inputs as readonly string[]).map((name) => given[name]!);
      return emit('FusedBatchNorm', operands, operator.canonical!(attrs, operands));
    },
  ],
]);
