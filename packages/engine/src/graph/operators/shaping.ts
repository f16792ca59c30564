import { slice_util } from '@tensorflow/tfjs-core';
import { sameShape, sizeOf, type Attributes, type Node } from '../graph.ts';
import {
  NCHW,
  identity,
  isIdentity,
  leadingLayout,
  permuted,
  tfjsLayout,
  type LayoutWriter,
} from './layout.ts';
import { operands } from './onnx.ts';
import { axesOf, operator, type Operator } from './operator.ts';
import { attribute, inputs, type TensorFlowWriter } from './tensorflow.ts';

const numbers = (value: unknown): number[] => [value].flat(2).map(Number);

/** A layout rule of operators with one number per axis in each of the attributes `keys`. */
const perAxisLayout =
  (...keys: readonly string[]) =>
  (node: Node, w: LayoutWriter): void => {
    const { id: x, perm } = w.placed(node.inputs[0]!);
    const moved: Attributes = Object.fromEntries(
      keys.map((key) => [key, permuted(node.attributes[key] as readonly number[], perm)]),
    );
    w.place(node.outputs[0]!, { id: w.emit(node.kernel, [x], { ...node.attributes, ...moved }), perm });
  };

/** An axis as a scalar operand. */
const axisOperand = ({ attributes }: Node<{ axis: number }>, w: TensorFlowWriter): string =>
  w.list([attributes.axis], []);

/** Operators that move elements and compute nothing. */
export const shapingOperators = {
  /** Not a TF.js kernel: `fold-identities` makes it of the products with ones by which TF.js's gradients broadcast. */
  BroadcastTo: operator<{ shape: readonly number[] }>({
    inputs: ['x'],
    canonical: (attrs) => ({ shape: numbers(attrs['shape']) }),
    infer: ([x], { shape }) => ({ shape, dtype: x!.dtype }),
    layout: (node, w) => {
      const { shape } = node.attributes;
      const leading = leadingLayout(node, w);
      const perm = isIdentity(leading) && shape.length === 4 ? NCHW : leading;
      const x = w.broadcast(node.inputs[0]!, perm);
      w.place(node.outputs[0]!, { id: w.emit('BroadcastTo', [x], { shape: permuted(shape, perm) }), perm });
    },
    onnx: (node, w) =>
      w.result(node, { op: 'Expand', inputs: [...operands(node, w), w.int64(node.attributes.shape)] }),
    tensorflow: (node, w) => ({
      op: 'BroadcastTo',
      input: [...inputs(node, w), w.list(node.attributes.shape)],
    }),
    keepsElements: (x, { shape }) => sameShape(x.shape, shape),
  }),
  Concat: operator<{ axis: number }>({
    inputs: 'list',
    canonical: (attrs, [first]) => ({ axis: axesOf(attrs['axis'] ?? 0, first!.shape.length)[0]! }),
    infer: (parts, { axis }) => {
      const [first] = parts;
      const total = parts.reduce((sum, x) => sum + x.shape[axis]!, 0);
      return { shape: first!.shape.map((n, i) => (i === axis ? total : n)), dtype: first!.dtype };
    },
    layout: (node, w) => {
      const perm = leadingLayout(node, w);
      const parts = node.inputs.map((x) => w.in(x, perm));
      const id = w.emit('Concat', parts, { axis: perm.indexOf(node.attributes.axis) });
      w.place(node.outputs[0]!, { id, perm });
    },
    onnx: (node, w) => {
      const { axis } = node.attributes;
      w.result(node, { op: 'Concat', inputs: operands(node, w), attributes: { axis } });
    },
    tensorflow: (node, w) => ({
      op: 'ConcatV2',
      input: [...inputs(node, w), axisOperand(node, w)],
      attr: { N: attribute.int(node.inputs.length) },
    }),
  }),
  GatherV2: operator<{ axis: number }>({
    inputs: ['x', 'indices'],
    canonical: (attrs, [x]) => {
      if (Number(attrs['batchDims'] ?? 0) !== 0) throw new Error('GatherV2 with batchDims is not compiled');
      return { axis: axesOf(attrs['axis'] ?? 0, x!.shape.length)[0]! };
    },
    infer: ([x, indices], { axis }) => {
      const shape = [...x!.shape.slice(0, axis), ...indices!.shape, ...x!.shape.slice(axis + 1)];
      return { shape, dtype: x!.dtype };
    },
    layout: tfjsLayout,
    onnx: (node, w) => {
      const { axis } = node.attributes;
      w.result(node, { op: 'Gather', inputs: operands(node, w), attributes: { axis } });
    },
    tensorflow: (node, w) => ({ op: 'GatherV2', input: [...inputs(node, w), axisOperand(node, w)] }),
  }),
  PadV2: operator<{ before: readonly number[]; after: readonly number[]; value: number }>({
    inputs: ['x'],
    canonical: (attrs) => {
      const paddings = attrs['paddings'] as [number, number][];
      return {
        before: paddings.map((p) => p[0]),
        after: paddings.map((p) => p[1]),
        value: Number(attrs['constantValue'] ?? 0),
      };
    },
    infer: ([x], { before, after }) => ({
      shape: x!.shape.map((n, axis) => n + before[axis]! + after[axis]!),
      dtype: x!.dtype,
    }),
    layout: perAxisLayout('before', 'after'),
    onnx: (node, w) => {
      const { before, after, value } = node.attributes;
      const x = node.inputs[0]!;
      const fill = w.scalar(value, w.type(x).dtype);
      w.result(node, { op: 'Pad', inputs: [w.name(x), w.int64([...before, ...after]), fill] });
    },
    tensorflow: (node, w) => {
      const { before, after, value } = node.attributes;
      const pairs = before.flatMap((n, axis) => [n, after[axis]!]);
      const paddings = w.list(pairs, [before.length, 2]);
      return { op: 'PadV2', input: [...inputs(node, w), paddings, w.scalar(value)] };
    },
  }),
  Reshape: operator<{ shape: readonly number[] }>({
    inputs: ['x'],
    canonical: (attrs, [x]) => {
      const shape = numbers(attrs['shape']);
      const known = shape.reduce((product, n) => (n === -1 ? product : product * n), 1);
      return { shape: shape.map((n) => (n === -1 ? sizeOf(x!.shape) / known : n)) };
    },
    infer: ([x], { shape }) => {
      if (sizeOf(shape) !== sizeOf(x!.shape)) {
        throw new Error(`cannot reshape [${x!.shape.join(', ')}] to [${shape.join(', ')}]`);
      }
      return { shape, dtype: x!.dtype };
    },
    // A reshape reads elements in TF.js's order, which is the stored order when only axes of length 1 have moved.
    layout: (node, w) => {
      const { shape } = node.attributes;
      const x = node.inputs[0]!;
      const id = w.emit('Reshape', [w.in(x, identity(w.shape(x).length))], { shape });
      w.place(node.outputs[0]!, { id, perm: identity(shape.length) });
    },
    onnx: (node, w) =>
      w.result(node, { op: 'Reshape', inputs: [...operands(node, w), w.int64(node.attributes.shape)] }),
    tensorflow: (node, w) => ({ op: 'Reshape', input: [...inputs(node, w), w.list(node.attributes.shape)] }),
    keepsElements: () => true,
  }),
  Slice: operator<{ begin: readonly number[]; size: readonly number[] }>({
    inputs: ['x'],
    canonical: (attrs, [x]) => {
      const [begin, size] = slice_util.parseSliceParams(
        { shape: [...x!.shape], rank: x!.shape.length } as never,
        attrs['begin'] as number[],
        attrs['size'] as number[],
      );
      return { begin: begin!, size: size! };
    },
    infer: ([x], { size }) => ({ shape: size, dtype: x!.dtype }),
    layout: perAxisLayout('begin', 'size'),
    onnx: (node, w) => {
      const { begin, size } = node.attributes;
      const end = begin.map((b, axis) => b + size[axis]!);
      const axes = begin.map((_b, axis) => axis);
      w.result(node, {
        op: 'Slice',
        inputs: [...operands(node, w), w.int64(begin), w.int64(end), w.int64(axes)],
      });
    },
    tensorflow: (node, w) => {
      const { begin, size } = node.attributes;
      return { op: 'Slice', input: [...inputs(node, w), w.list(begin), w.list(size)] };
    },
    keepsElements: (x, { size }) => sameShape(x.shape, size),
  }),
  Tile: operator<{ reps: readonly number[] }>({
    inputs: ['x'],
    canonical: (attrs) => ({ reps: numbers(attrs['reps']) }),
    infer: ([x], { reps }) => ({ shape: x!.shape.map((n, axis) => n * reps[axis]!), dtype: x!.dtype }),
    layout: perAxisLayout('reps'),
    onnx: (node, w) =>
      w.result(node, { op: 'Tile', inputs: [...operands(node, w), w.int64(node.attributes.reps)] }),
    tensorflow: (node, w) => ({ op: 'Tile', input: [...inputs(node, w), w.list(node.attributes.reps)] }),
    keepsElements: (_x, { reps }) => reps.every((n) => n === 1),
  }),
  Transpose: operator<{ perm: readonly number[] }>({
    inputs: ['x'],
    canonical: (attrs) => ({ perm: numbers(attrs['perm']) }),
    infer: ([x], { perm }) => ({ shape: perm.map((axis) => x!.shape[axis]!), dtype: x!.dtype }),
    // The stored tensor stays as it is: only its axes have other names.
    layout: (node, w) => {
      const { id, perm } = w.placed(node.inputs[0]!);
      const order = node.attributes.perm;
      w.place(node.outputs[0]!, { id, perm: perm.map((axis) => order.indexOf(axis)) });
    },
    onnx: (node, w) => {
      const { perm } = node.attributes;
      w.result(node, { op: 'Transpose', inputs: operands(node, w), attributes: { perm } });
    },
    tensorflow: (node, w) => ({ op: 'Transpose', input: [...inputs(node, w), w.list(node.attributes.perm)] }),
    keepsElements: (_x, { perm }) => isIdentity(perm),
  }),
} satisfies Record<string, Operator>;
