import { ints } from '../../trace/kernel-rule.ts';
import type { Lowering } from './lowering.ts';

/** Operators that take a list of integers as their second operand. */
const withList =
  (op: string, key: string): Lowering =>
  (node, w) =>
    w.result(node, { op, inputs: [w.name(node.inputs[0]!), w.int64(ints(node.attributes, key))] });

const transpose: Lowering = (node, w) =>
  w.result(node, {
    op: 'Transpose',
    inputs: [w.name(node.inputs[0]!)],
    attributes: { perm: ints(node.attributes, 'perm') },
  });

const slice: Lowering = (node, w) => {
  const begin = ints(node.attributes, 'begin');
  const size = ints(node.attributes, 'size');
  const end = begin.map((b, axis) => b + size[axis]!);
  const axes = begin.map((_b, axis) => axis);
  w.result(node, {
    op: 'Slice',
    inputs: [w.name(node.inputs[0]!), w.int64(begin), w.int64(end), w.int64(axes)],
  });
};

const pad: Lowering = (node, w) => {
  const pads = [...ints(node.attributes, 'before'), ...ints(node.attributes, 'after')];
  const x = node.inputs[0]!;
  const value = w.scalar(node.attributes['value'] as number, w.type(x).dtype);
  w.result(node, { op: 'Pad', inputs: [w.name(x), w.int64(pads), value] });
};

const onAxis =
  (op: string): Lowering =>
  (node, w) =>
    w.result(node, {
      op,
      inputs: node.inputs.map((id) => w.name(id)),
      attributes: { axis: node.attributes['axis'] as number },
    });

export const shaping: Readonly<Record<string, Lowering>> = {
  BroadcastTo: withList('Expand', 'shape'),
  Concat: onAxis('Concat'),
  GatherV2: onAxis('Gather'),
  PadV2: pad,
  Reshape: withList('Reshape', 'shape'),
  Slice: slice,
  Softmax: onAxis('Softmax'),
  Tile: withList('Tile', 'reps'),
  Transpose: transpose,
};
