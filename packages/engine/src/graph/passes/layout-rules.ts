import { axesOf, ints } from '../../trace/kernel-rule.ts';
import { sizeOf, type Node } from '../graph.ts';
import {
  NCHW,
  OIHW,
  identity,
  isIdentity,
  permuted,
  permutedInts,
  type LayoutRule,
  type LayoutWriter,
  type Perm,
} from './layout-writer.ts';

const output = (node: Node): number => node.outputs[0]!;

/** An image operation with NCHW operands; `operands` says how each input is wanted, `result` how the output comes. */
const image =
  (operands: readonly Perm[], result: Perm = NCHW): LayoutRule =>
  (node, w) => {
    const inputs = node.inputs.map((id, i) => w.in(id, operands[i] ?? identity(w.shape(id).length)));
    const shape =
      node.attributes['shape'] === undefined ? {} : { shape: permutedInts(node.attributes, 'shape', result) };
    const id = w.emit(node.kernel, inputs, { ...node.attributes, ...shape, layout: 'NCHW' });
    w.place(output(node), { id, perm: result });
  };

/** The layout most elements of the operands are in already. */
function leading(node: Node, w: LayoutWriter): Perm {
  const rank = w.shape(output(node)).length;
  const candidates = node.inputs.filter((id) => !w.isConstant(id) && w.shape(id).length === rank);
  candidates.sort((a, b) => sizeOf(w.shape(b)) - sizeOf(w.shape(a)));
  for (const id of candidates) {
    const { perm } = w.placed(id);
    if (!isIdentity(perm)) return perm;
  }
  return identity(rank);
}

const elementwise: LayoutRule = (node, w) => {
  const perm = leading(node, w);
  const inputs = node.inputs.map((id) => w.broadcast(id, perm));
  w.place(output(node), { id: w.emit(node.kernel, inputs, node.attributes), perm });
};

const reduction: LayoutRule = (node, w) => {
  const { id: x, perm } = w.placed(node.inputs[0]!);
  const axes = ints(node.attributes, 'axes');
  const storedAxes = axesOf(
    axes.map((axis) => perm.indexOf(axis)),
    perm.length,
  );
  const id = w.emit(node.kernel, [x], { ...node.attributes, axes: storedAxes });
  if (node.attributes['keepDims'] === true) return w.place(output(node), { id, perm });
  const kept = perm.filter((axis) => !axes.includes(axis));
  const ascending = [...kept].sort((a, b) => a - b);
  w.place(output(node), { id, perm: kept.map((axis) => ascending.indexOf(axis)) });
};

/** A transposition only renames the axes of what is stored. */
const transpose: LayoutRule = (node, w) => {
  const { id, perm } = w.placed(node.inputs[0]!);
  const order = ints(node.attributes, 'perm');
  w.place(output(node), { id, perm: perm.map((axis) => order.indexOf(axis)) });
};

/** A reshape reads elements in TF.js's order, which is the stored one when only axes of length 1 have moved. */
const reshape: LayoutRule = (node, w) => {
  const x = node.inputs[0]!;
  const shape = ints(node.attributes, 'shape');
  const id = w.emit('Reshape', [w.in(x, identity(w.shape(x).length))], { shape });
  w.place(output(node), { id, perm: identity(shape.length) });
};

const broadcastTo: LayoutRule = (node, w) => {
  const shape = ints(node.attributes, 'shape');
  const given = leading(node, w);
  const perm = isIdentity(given) && shape.length === 4 ? NCHW : given;
  const id = w.emit('BroadcastTo', [w.broadcast(node.inputs[0]!, perm)], { shape: permuted(shape, perm) });
  w.place(output(node), { id, perm });
};

/** Operations with one number an axis, such as Slice's begin and size. */
const perAxis =
  (keys: readonly string[]): LayoutRule =>
  (node, w) => {
    const { id: x, perm } = w.placed(node.inputs[0]!);
    const moved = Object.fromEntries(keys.map((key) => [key, permutedInts(node.attributes, key, perm)]));
    w.place(output(node), { id: w.emit(node.kernel, [x], { ...node.attributes, ...moved }), perm });
  };

const concat: LayoutRule = (node, w) => {
  const perm = leading(node, w);
  const axis = perm.indexOf(node.attributes['axis'] as number);
  const id = w.emit(
    'Concat',
    node.inputs.map((x) => w.in(x, perm)),
    { axis },
  );
  w.place(output(node), { id, perm });
};

const ELEMENTWISE = [
  'Abs', 'Add', 'AddN', 'Cast', 'Ceil', 'ClipByValue', 'Cos', 'Elu', 'Equal', 'Erf', 'Exp', 'Expm1', 'Floor', 'FloorDiv',
  'Greater', 'GreaterEqual', 'LeakyRelu', 'Less', 'LessEqual', 'Log', 'Log1p', 'LogicalAnd', 'LogicalNot',
  'LogicalOr', 'Maximum', 'Minimum', 'Mod', 'Multiply', 'Neg', 'NotEqual', 'Pow', 'Prelu', 'RealDiv', 'Reciprocal',
  'Relu', 'Relu6', 'Round', 'Rsqrt', 'Select', 'Sigmoid', 'Sign', 'Sin', 'Softplus', 'Sqrt', 'Square',
  'SquaredDifference', 'Step', 'Sub', 'Tanh',
]; // prettier-ignore

/** Kernels that get their tensors in TF.js's layout, whatever it costs: they are rare on images. */
export const TFJS_LAYOUT: readonly string[] = ['BatchMatMul', 'GatherV2', 'Softmax'];

/** Rules by kernel; a kernel without one gets its tensors in TF.js's layout. */
export const LAYOUT_RULES: ReadonlyMap<string, LayoutRule> = new Map<string, LayoutRule>([
  ...ELEMENTWISE.map((kernel) => [kernel, elementwise] as const),
  ...['All', 'Any', 'Max', 'Mean', 'Min', 'Prod', 'Sum', 'SumSquare'].map(
    (kernel) => [kernel, reduction] as const,
  ),
  ['Conv2D', image([NCHW, OIHW])],
  ['Conv2DBackpropInput', image([NCHW, OIHW])],
  ['Conv2DBackpropFilter', image([NCHW, NCHW], OIHW)],
  ['FusedBatchNorm', image([NCHW])],
  ['AvgPool', image([NCHW])],
  ['AvgPoolGrad', image([NCHW, NCHW])],
  ['ResizeBilinear', image([NCHW])],
  ['ResizeNearestNeighbor', image([NCHW])],
  ['ResizeNearestNeighborGrad', image([NCHW, NCHW])],
  ['Transpose', transpose],
  ['Reshape', reshape],
  ['BroadcastTo', broadcastTo],
  ['Slice', perAxis(['begin', 'size'])],
  ['PadV2', perAxis(['before', 'after'])],
  ['Tile', perAxis(['reps'])],
  ['Concat', concat],
]);
