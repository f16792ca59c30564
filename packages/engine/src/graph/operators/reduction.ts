import { sizeOf, type Node } from '../graph.ts';
import type { LayoutWriter } from './layout.ts';
import { tfjsLayout } from './layout.ts';
import { cast, operands, type OnnxLowering } from './onnx.ts';
import { axesOf, operator, sameType, type Operator } from './operator.ts';
import { attribute, type TensorFlowLowering } from './tensorflow.ts';

/** `axes` are ascending and not negative. */
export type ReductionAttributes = { readonly axes: readonly number[]; readonly keepDims: boolean };

/** Reduces the stored axes; the axes that are left keep their order. */
function reductionLayout(node: Node<ReductionAttributes>, w: LayoutWriter): void {
  const { axes, keepDims } = node.attributes;
  const { id: x, perm } = w.placed(node.inputs[0]!);
  const stored = axesOf(
    axes.map((axis) => perm.indexOf(axis)),
    perm.length,
  );
  const id = w.emit(node.kernel, [x], { ...node.attributes, axes: stored });
  if (keepDims) return w.place(node.outputs[0]!, { id, perm });
  const kept = perm.filter((axis) => !axes.includes(axis));
  const ascending = [...kept].sort((a, b) => a - b);
  w.place(node.outputs[0]!, { id, perm: kept.map((axis) => ascending.indexOf(axis)) });
}

const reduce =
  (op: string): OnnxLowering<ReductionAttributes> =>
  (node, w) => {
    const { axes, keepDims } = node.attributes;
    w.result(node, {
      op,
      inputs: [...operands(node, w), w.int64(axes)],
      attributes: { keepdims: keepDims ? 1 : 0 },
    });
  };

/** A reduction of booleans, by way of one of integers. */
const reduceBooleans =
  (op: string): OnnxLowering<ReductionAttributes> =>
  (node, w) => {
    const { axes, keepDims } = node.attributes;
    const integers = cast(w, w.name(node.inputs[0]!), 'int32');
    const reduced = w.emit(op, [integers, w.int64(axes)], { keepdims: keepDims ? 1 : 0 });
    w.result(node, { op: 'Cast', inputs: [reduced], attributes: { to: { dtype: 'bool' } } });
  };

const tensorflow =
  (op: string): TensorFlowLowering<ReductionAttributes> =>
  (node, w) => ({
    op,
    input: [w.name(node.inputs[0]!), w.list(node.attributes.axes)],
    attr: { keep_dims: attribute.bool(node.attributes.keepDims) },
  });

const reduction = {
  inputs: ['x'],
  // TF.js calls the axes of Max `reductionIndices`, and those of the others `axis`.
  canonical: (attrs, [x]) => ({
    axes: axesOf(attrs['axis'] ?? attrs['reductionIndices'], x!.shape.length),
    keepDims: Boolean(attrs['keepDims']),
  }),
  infer: ([x], { axes, keepDims }) => ({
    shape: x!.shape.flatMap((n, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : [n])),
    dtype: x!.dtype,
  }),
  layout: reductionLayout,
} satisfies Partial<Operator<ReductionAttributes>>;

/** A reduction whose value of one element is that element. */
const fold = (
  record: Pick<Operator<ReductionAttributes>, 'onnx' | 'tensorflow'>,
): Operator<ReductionAttributes> => ({
  ...reduction,
  ...record,
  keepsElements: ({ shape }, { axes }) => sizeOf(shape) > 0 && axes.every((axis) => shape[axis] === 1),
});

/** Operators that compute on whole axes. */
export const reductionOperators = {
  All: fold({ onnx: reduceBooleans('ReduceMin'), tensorflow: tensorflow('All') }),
  Any: fold({ onnx: reduceBooleans('ReduceMax'), tensorflow: tensorflow('Any') }),
  Max: fold({ onnx: reduce('ReduceMax'), tensorflow: tensorflow('Max') }),
  Mean: fold({ onnx: reduce('ReduceMean'), tensorflow: tensorflow('Mean') }),
  Min: fold({ onnx: reduce('ReduceMin'), tensorflow: tensorflow('Min') }),
  Prod: fold({ onnx: reduce('ReduceProd'), tensorflow: tensorflow('Prod') }),
  Softmax: operator<{ axis: number }>({
    inputs: ['logits'],
    canonical: (attrs, [x]) => ({ axis: axesOf(attrs['dim'] ?? -1, x!.shape.length)[0]! }),
    infer: sameType,
    layout: tfjsLayout,
    onnx: (node, w) => {
      const { axis } = node.attributes;
      w.result(node, { op: 'Softmax', inputs: operands(node, w), attributes: { axis } });
    },
  }),
  Sum: fold({ onnx: reduce('ReduceSum'), tensorflow: tensorflow('Sum') }),
  /** Not a TF.js kernel: `fuse-sum-square` makes it of Sum(Square(x)). */
  SumSquare: operator<ReductionAttributes>({ ...reduction, onnx: reduce('ReduceSumSquare') }),
} satisfies Record<string, Operator>;
