import { EngineError } from '../engine-error.ts';
import type { Node } from '../graph/graph.ts';
import { ints } from '../trace/kernel-rule.ts';
import { attribute, type GraphDefWriter, type TfAttribute } from './graph-def.ts';

/** How a kernel is written for TensorFlow.js: the operator of `node`, with its operands and attributes. */
export type TfLowering = (
  node: Node,
  w: GraphDefWriter,
) => { op: string; input: readonly string[]; attr?: Readonly<Record<string, TfAttribute>> };

const names = (node: Node, w: GraphDefWriter): string[] => node.inputs.map((id) => w.name(id));

const direct =
  (op: string): TfLowering =>
  (node, w) => ({ op, input: names(node, w) });

/** Kernels that TensorFlow's file format knows by another name; the rest of `SAME` keeps its own. */
const RENAMED: Readonly<Record<string, string>> = {
  Add: 'AddV2',
  Mod: 'FloorMod',
  Multiply: 'Mul',
  Select: 'SelectV2',
};

const SAME = [
  'Abs', 'AddN', 'Ceil', 'Cos', 'Elu', 'Equal', 'Erf', 'Exp', 'Expm1', 'Floor', 'FloorDiv', 'Greater', 'GreaterEqual',
  'Less', 'LessEqual', 'Log', 'Log1p', 'LogicalAnd', 'LogicalNot', 'LogicalOr', 'Maximum', 'Minimum', 'Neg', 'NotEqual',
  'Pow', 'Prelu', 'RealDiv', 'Reciprocal', 'Relu', 'Relu6', 'Round', 'Rsqrt', 'Sigmoid', 'Sign', 'Sin', 'Softplus',
  'Sqrt', 'Square', 'SquaredDifference', 'Sub', 'Tanh',
]; // prettier-ignore

/** Operators with lists of integers, each an operand of its own. */
const withLists =
  (op: string, ...keys: readonly string[]): TfLowering =>
  (node, w) => ({
    op,
    input: [w.name(node.inputs[0]!), ...keys.map((key) => w.list(ints(node.attributes, key)))],
  });

const axis = (node: Node, w: GraphDefWriter): string => w.list([node.attributes['axis'] as number], []);

const concat: TfLowering = (node, w) => ({
  op: 'ConcatV2',
  input: [...names(node, w), axis(node, w)],
  attr: { N: attribute.int(node.inputs.length) },
});

const gather: TfLowering = (node, w) => ({ op: 'GatherV2', input: [...names(node, w), axis(node, w)] });

const reduce =
  (op: string): TfLowering =>
  (node, w) => ({
    ...withLists(op, 'axes')(node, w),
    attr: { keep_dims: attribute.bool(node.attributes['keepDims'] === true) },
  });

/** TensorFlow's padding of a convolution or pool that reads `size` with windows of `kernel`. */
function padding(
  node: Node,
  { size, out, kernel }: Readonly<Record<'size' | 'out' | 'kernel', readonly number[]>>,
): Record<string, TfAttribute> {
  const [strides, pads] = [ints(node.attributes, 'strides'), ints(node.attributes, 'pads')];
  if (pads.every((n) => n === 0)) return { padding: attribute.text('VALID') };
  const isSame = [0, 1].every((i) => {
    const total = Math.max(0, (out[i]! - 1) * strides[i]! + kernel[i]! - size[i]!);
    const before = Math.floor(total / 2);
    const tight = out[i] === Math.ceil(size[i]! / strides[i]!);
    return tight && pads[i] === before && pads[i + 2] === total - before;
  });
  if (isSame) return { padding: attribute.text('SAME') };
  const [top, left, bottom, right] = pads;
  return {
    padding: attribute.text('EXPLICIT'),
    explicit_paddings: attribute.ints([0, 0, top!, bottom!, left!, right!, 0, 0]),
  };
}

const spatialOf = (shape: readonly number[]): readonly number[] => shape.slice(1, 3);

/** Attributes of a convolution that reads images of `big` and gives images of `small`. */
function convolution(
  node: Node,
  w: GraphDefWriter,
  { big, small }: { big: readonly number[]; small: readonly number[] },
): Record<string, TfAttribute> {
  const [strides, dilations] = [ints(node.attributes, 'strides'), ints(node.attributes, 'dilations')];
  const filter = w.type(node.inputs[1]!).shape;
  const kernel = [0, 1].map((i) => (filter[i]! - 1) * dilations[i]! + 1);
  return {
    strides: attribute.ints([1, ...strides, 1]),
    dilations: attribute.ints([1, ...dilations, 1]),
    data_format: attribute.text('NHWC'),
    ...padding(node, { size: spatialOf(big), out: spatialOf(small), kernel }),
  };
}

const conv2d: TfLowering = (node, w) => {
  const shapes = { big: w.type(node.inputs[0]!).shape, small: w.type(node.outputs[0]!).shape };
  return { op: 'Conv2D', input: names(node, w), attr: convolution(node, w, shapes) };
};

/** The operands come in another order, the size of the result first. */
const conv2dBackpropInput: TfLowering = (node, w) => {
  const [dy, filter] = names(node, w) as [string, string];
  const shapes = { big: w.type(node.outputs[0]!).shape, small: w.type(node.inputs[0]!).shape };
  const attr = convolution(node, w, shapes);
  if (ints(node.attributes, 'dilations').some((n) => n !== 1)) refuse(`${node.kernel} with dilations`);
  return { op: 'Conv2DBackpropInput', input: [w.list(shapes.big), filter, dy], attr };
};

const batchNorm: TfLowering = (node, w) => {
  const [x, mean, variance, offset, scale] = names(node, w) as [string, string, string, string, string];
  return {
    op: 'FusedBatchNormV3',
    input: [x, scale, offset, mean, variance],
    attr: {
      epsilon: attribute.float(node.attributes['epsilon'] as number),
      data_format: attribute.text('NHWC'),
      is_training: attribute.bool(false),
    },
  };
};

const averagePool: TfLowering = (node, w) => {
  const kernel = ints(node.attributes, 'size');
  const [size, out] = [node.inputs[0]!, node.outputs[0]!].map((id) => spatialOf(w.type(id).shape));
  return {
    op: 'AvgPool',
    input: names(node, w),
    attr: {
      ksize: attribute.ints([1, ...kernel, 1]),
      strides: attribute.ints([1, ...ints(node.attributes, 'strides'), 1]),
      data_format: attribute.text('NHWC'),
      ...padding(node, { size: size!, out: out!, kernel }),
    },
  };
};

/** Resizing by another rule than the usual one is in the node's attributes. */
const resize =
  (op: string): TfLowering =>
  (node, w) => ({
    op,
    input: [...names(node, w), w.list(spatialOf(w.type(node.outputs[0]!).shape))],
    attr: {
      align_corners: attribute.bool(node.attributes['alignCorners'] === true),
      half_pixel_centers: attribute.bool(node.attributes['halfPixelCenters'] === true),
    },
  });

const pad: TfLowering = (node, w) => {
  const [before, after] = [ints(node.attributes, 'before'), ints(node.attributes, 'after')];
  const paddings = w.list(
    before.flatMap((n, axis) => [n, after[axis]!]),
    [before.length, 2],
  );
  return { op: 'PadV2', input: [...names(node, w), paddings, w.scalar(node.attributes['value'] as number)] };
};

const clip: TfLowering = (node, w) => ({
  op: 'ClipByValue',
  input: [...names(node, w), ...['min', 'max'].map((key) => w.scalar(node.attributes[key] as number))],
});

const leakyRelu: TfLowering = (node, w) => ({
  op: 'LeakyRelu',
  input: names(node, w),
  attr: { alpha: attribute.float(node.attributes['alpha'] as number) },
});

const cast: TfLowering = (node, w) => ({
  op: 'Cast',
  input: names(node, w),
  attr: {
    SrcT: attribute.type(w.type(node.inputs[0]!).dtype),
    DstT: attribute.type(w.type(node.outputs[0]!).dtype),
  },
});

const batchMatMul: TfLowering = (node, w) => ({
  op: 'BatchMatMulV2',
  input: names(node, w),
  attr: {
    adj_x: attribute.bool(node.attributes['transposeA'] === true),
    adj_y: attribute.bool(node.attributes['transposeB'] === true),
  },
});

/** @throws EngineError: what the file format or TensorFlow.js's reader of it does not know. */
export function refuse(what: string): never {
  throw new EngineError(`${what} cannot be written for TensorFlow.js`, {
    cure: 'use other TF.js operations in the network, or export it as ONNX',
  });
}

/** By TF.js kernel. */
export const TF_LOWERINGS: Readonly<Record<string, TfLowering>> = {
  ...Object.fromEntries(SAME.map((kernel) => [kernel, direct(kernel)])),
  ...Object.fromEntries(Object.entries(RENAMED).map(([kernel, op]) => [kernel, direct(op)])),
  ...Object.fromEntries(
    ['All', 'Any', 'Max', 'Mean', 'Min', 'Prod', 'Sum'].map((kernel) => [kernel, reduce(kernel)]),
  ),
  AvgPool: averagePool,
  BatchMatMul: batchMatMul,
  BroadcastTo: withLists('BroadcastTo', 'shape'),
  Cast: cast,
  ClipByValue: clip,
  Concat: concat,
  Conv2D: conv2d,
  Conv2DBackpropInput: conv2dBackpropInput,
  FusedBatchNorm: batchNorm,
  GatherV2: gather,
  LeakyRelu: leakyRelu,
  PadV2: pad,
  Reshape: withLists('Reshape', 'shape'),
  ResizeBilinear: resize('ResizeBilinear'),
  ResizeNearestNeighbor: resize('ResizeNearestNeighbor'),
  Slice: withLists('Slice', 'begin', 'size'),
  Tile: withLists('Tile', 'reps'),
  Transpose: withLists('Transpose', 'perm'),
};
