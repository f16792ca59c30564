import { ints } from '../../trace/kernel-rule.ts';
import type { Lowering } from './lowering.ts';

const reduce =
  (op: string): Lowering =>
  (node, w) => {
    const x = node.inputs[0]!;
    w.result(node, {
      op,
      inputs: [w.name(x), w.int64(ints(node.attributes, 'axes'))],
      attributes: { keepdims: node.attributes['keepDims'] === true ? 1 : 0 },
    });
  };

/** All and Any by way of int32 minimum and maximum. */
const logical =
  (op: string): Lowering =>
  (node, w) => {
    const numbers = w.emit('Cast', [w.name(node.inputs[0]!)], { to: 6 });
    const axes = w.int64(ints(node.attributes, 'axes'));
    const folded = w.emit(op, [numbers, axes], { keepdims: node.attributes['keepDims'] === true ? 1 : 0 });
    w.result(node, { op: 'Cast', inputs: [folded], attributes: { to: 9 } });
  };

export const reduction: Readonly<Record<string, Lowering>> = {
  All: logical('ReduceMin'),
  Any: logical('ReduceMax'),
  Max: reduce('ReduceMax'),
  Mean: reduce('ReduceMean'),
  Min: reduce('ReduceMin'),
  Prod: reduce('ReduceProd'),
  Sum: reduce('ReduceSum'),
  SumSquare: reduce('ReduceSumSquare'),
};
