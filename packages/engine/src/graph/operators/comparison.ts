import { broadcastShape, predicate } from './elementwise.ts';
import { elementwiseLayout } from './layout.ts';
import { cast, operands, type OnnxLowering } from './onnx.ts';
import type { Operator } from './operator.ts';

/** An ONNX comparison, of booleans by way of integers: ONNX orders numbers only. */
const order =
  (op: string): OnnxLowering =>
  (node, w) => {
    const isBool = w.type(node.inputs[0]!).dtype === 'bool';
    const inputs = operands(node, w);
    w.result(node, { op, inputs: isBool ? inputs.map((name) => cast(w, name, 'int32')) : inputs });
  };

const comparison = { ...predicate, broadcasts: 'drop' } as const satisfies Partial<Operator>;

/** Booleans computed from the elements of two tensors, and the choice between two tensors by booleans. */
export const comparisonOperators = {
  Equal: { ...comparison, onnx: 'Equal', tensorflow: 'Equal' },
  Greater: { ...comparison, onnx: order('Greater'), tensorflow: 'Greater' },
  GreaterEqual: { ...comparison, onnx: order('GreaterOrEqual'), tensorflow: 'GreaterEqual' },
  Less: { ...comparison, onnx: order('Less'), tensorflow: 'Less' },
  LessEqual: { ...comparison, onnx: order('LessOrEqual'), tensorflow: 'LessEqual' },
  LogicalAnd: { ...predicate, onnx: 'And', tensorflow: 'LogicalAnd' },
  LogicalOr: { ...predicate, onnx: 'Or', tensorflow: 'LogicalOr' },
  NotEqual: {
    ...comparison,
    onnx: (node, w) => w.result(node, { op: 'Not', inputs: [w.emit('Equal', operands(node, w))] }),
    tensorflow: 'NotEqual',
  },
  Select: {
    elementwise: true,
    inputs: ['condition', 't', 'e'],
    infer: ([condition, t, e]) => ({
      shape: broadcastShape(broadcastShape(condition!.shape, t!.shape), e!.shape),
      dtype: t!.dtype,
    }),
    layout: elementwiseLayout,
    // ONNX Runtime chooses between numbers, not between booleans.
    onnx: (node, w) => {
      const [condition, t, e] = operands(node, w) as [string, string, string];
      if (w.type(node.inputs[1]!).dtype !== 'bool') {
        return w.result(node, { op: 'Where', inputs: [condition, t, e] });
      }
      const chosen = w.emit('Where', [condition, cast(w, t, 'int32'), cast(w, e, 'int32')]);
      w.result(node, { op: 'Cast', inputs: [chosen], attributes: { to: { dtype: 'bool' } } });
    },
    tensorflow: 'SelectV2',
  },
} satisfies Record<string, Operator>;
