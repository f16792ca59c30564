import { sameShape, type Node, type Value } from '../../graph/graph.ts';
import { ELEMENT } from '../model.ts';
import type { Lowering, OnnxWriter } from './lowering.ts';

const names = (node: Node, w: OnnxWriter): string[] => node.inputs.map((id) => w.name(id));

/** The ONNX operator of the same meaning and the same operands. */
const direct =
  (op: string): Lowering =>
  (node, w) =>
    w.result(node, { op, inputs: names(node, w) });

const DIRECT: Readonly<Record<string, string>> = {
  Abs: 'Abs', Add: 'Add', AddN: 'Sum', Ceil: 'Ceil', Cos: 'Cos', Elu: 'Elu', Equal: 'Equal', Erf: 'Erf', Exp: 'Exp',
  Floor: 'Floor', Log: 'Log', LogicalAnd: 'And', LogicalNot: 'Not', LogicalOr: 'Or', Maximum: 'Max', Minimum: 'Min',
  Multiply: 'Mul', Neg: 'Neg', Prelu: 'PRelu', RealDiv: 'Div', Reciprocal: 'Reciprocal', Relu: 'Relu',
  Round: 'Round', Sigmoid: 'Sigmoid', Sign: 'Sign', Sin: 'Sin', Softplus: 'Softplus', Sqrt: 'Sqrt',
  Sub: 'Sub', Tanh: 'Tanh',
}; // prettier-ignore

const leakyRelu: Lowering = (node, w) =>
  w.result(node, {
    op: 'LeakyRelu',
    inputs: names(node, w),
    attributes: { alpha: { float: node.attributes['alpha'] as number } },
  });

const dtypeOf = (node: Node, w: OnnxWriter): Value['dtype'] => w.type(node.inputs[0]!).dtype;

const clip: Lowering = (node, w) => {
  const [low, high] = [node.attributes['min'] as number, node.attributes['max'] as number];
  const dtype = dtypeOf(node, w);
  w.result(node, { op: 'Clip', inputs: [...names(node, w), w.scalar(low, dtype), w.scalar(high, dtype)] });
};

const cast = (w: OnnxWriter, name: string, dtype: Value['dtype']): string =>
  w.emit('Cast', [name], { to: ELEMENT[dtype] });

/** ONNX orders numbers, not booleans. */
const compare =
  (op: string): Lowering =>
  (node, w) => {
    const operands = names(node, w);
    const isBool = dtypeOf(node, w) === 'bool';
    w.result(node, { op, inputs: isBool ? operands.map((name) => cast(w, name, 'int32')) : operands });
  };

/** ONNX Runtime chooses between numbers, not booleans. */
const select: Lowering = (node, w) => {
  const [condition, t, e] = names(node, w) as [string, string, string];
  if (w.type(node.inputs[1]!).dtype !== 'bool') {
    return w.result(node, { op: 'Where', inputs: [condition, t, e] });
  }
  const chosen = w.emit('Where', [condition, cast(w, t, 'int32'), cast(w, e, 'int32')]);
  w.result(node, { op: 'Cast', inputs: [chosen], attributes: { to: ELEMENT.bool } });
};

const relu6: Lowering = (node, w) =>
  w.result(node, { op: 'Clip', inputs: [...names(node, w), w.scalar(0), w.scalar(6)] });

const square: Lowering = (node, w) => {
  const [x] = names(node, w) as [string];
  w.result(node, { op: 'Mul', inputs: [x, x] });
};

const squaredDifference: Lowering = (node, w) => {
  const difference = w.emit('Sub', names(node, w));
  w.result(node, { op: 'Mul', inputs: [difference, difference] });
};

const rsqrt: Lowering = (node, w) =>
  w.result(node, { op: 'Reciprocal', inputs: [w.emit('Sqrt', names(node, w))] });

/** Near 0, ln(1 + x) = 2·artanh(x / (x + 2)) keeps the digits that 1 + x drops. */
const log1p: Lowering = (node, w) => {
  const [x] = names(node, w) as [string];
  const far = w.emit('Log', [w.emit('Add', [x, w.scalar(1)])]);
  const ratio = w.emit('Atanh', [w.emit('Div', [x, w.emit('Add', [x, w.scalar(2)])])]);
  const isNear = w.emit('Less', [w.emit('Abs', [x]), w.scalar(0.5)]);
  w.result(node, { op: 'Where', inputs: [isNear, w.emit('Add', [ratio, ratio]), far] });
};

/** eˣ − 1 = tanh(x/2)·(eˣ + 1), which keeps its digits near 0. */
const expm1: Lowering = (node, w) => {
  const [x] = names(node, w) as [string];
  const half = w.emit('Tanh', [w.emit('Mul', [x, w.scalar(0.5)])]);
  w.result(node, { op: 'Mul', inputs: [half, w.emit('Add', [w.emit('Exp', [x]), w.scalar(1)])] });
};

const notEqual: Lowering = (node, w) =>
  w.result(node, { op: 'Not', inputs: [w.emit('Equal', names(node, w))] });

/** 1 where x > 0, else alpha. */
const step: Lowering = (node, w) => {
  const dtype = dtypeOf(node, w);
  const positive = w.emit('Greater', [...names(node, w), w.scalar(0, dtype)]);
  const alpha = node.attributes['alpha'] as number;
  if (alpha === 0) w.result(node, { op: 'Cast', inputs: [positive], attributes: { to: ELEMENT[dtype] } });
  else w.result(node, { op: 'Where', inputs: [positive, w.scalar(1, dtype), w.scalar(alpha, dtype)] });
};

/** ONNX Runtime 1.30 fails on WebGPU where both operands are broadcast, the base along the last axis. */
const pow: Lowering = (node, w) => {
  const [base, exponent] = names(node, w) as [string, string];
  const { shape } = w.type(node.outputs[0]!);
  const isBroadcast = node.inputs.every((id) => !sameShape(w.type(id).shape, shape));
  const whole = isBroadcast ? w.emit('Expand', [base, w.int64(shape)]) : base;
  w.result(node, { op: 'Pow', inputs: [whole, exponent] });
};

/** TF.js's modulo has the sign of the divisor. */
const mod: Lowering = (node, w) => {
  const [a, b] = names(node, w) as [string, string];
  if (dtypeOf(node, w) === 'int32') return w.result(node, { op: 'Mod', inputs: [a, b] });
  const quotient = w.emit('Floor', [w.emit('Div', [a, b])]);
  w.result(node, { op: 'Sub', inputs: [a, w.emit('Mul', [quotient, b])] });
};

/** ONNX divides whole numbers towards zero, TF.js towards minus infinity. */
const floorDiv: Lowering = (node, w) => {
  const [a, b] = names(node, w) as [string, string];
  if (dtypeOf(node, w) === 'float32') {
    const quotient = w.emit('Floor', [w.emit('Div', [a, b])]);
    return w.result(node, { op: 'Cast', inputs: [quotient], attributes: { to: ELEMENT.int32 } });
  }
  const multiple = w.emit('Sub', [a, w.emit('Mod', [a, b])]);
  w.result(node, { op: 'Div', inputs: [multiple, b] });
};

const castTo: Lowering = (node, w) =>
  w.result(node, {
    op: 'Cast',
    inputs: names(node, w),
    attributes: { to: ELEMENT[node.attributes['dtype'] as Value['dtype']] },
  });

export const elementwise: Readonly<Record<string, Lowering>> = {
  ...Object.fromEntries(Object.entries(DIRECT).map(([kernel, op]) => [kernel, direct(op)])),
  Cast: castTo,
  ClipByValue: clip,
  Expm1: expm1,
  FloorDiv: floorDiv,
  Greater: compare('Greater'),
  GreaterEqual: compare('GreaterOrEqual'),
  LeakyRelu: leakyRelu,
  Less: compare('Less'),
  LessEqual: compare('LessOrEqual'),
  Log1p: log1p,
  Mod: mod,
  NotEqual: notEqual,
  Pow: pow,
  Relu6: relu6,
  Rsqrt: rsqrt,
  Select: select,
  Square: square,
  SquaredDifference: squaredDifference,
  Step: step,
};
