import type { Node } from '../../graph/graph.ts';
import type { Lowering, OnnxWriter } from './lowering.ts';

const names = (node: Node, w: OnnxWriter): string[] => node.inputs.map((id) => w.name(id));

/** The ONNX operator of the same meaning and the same operands. */
const direct =
  (op: string): Lowering =>
  (node, w) =>
    w.result(node, { op, inputs: names(node, w) });

const DIRECT: Readonly<Record<string, string>> = {
  Abs: 'Abs', Add: 'Add', AddN: 'Sum', Ceil: 'Ceil', Cos: 'Cos', Elu: 'Elu', Equal: 'Equal', Erf: 'Erf', Exp: 'Exp',
  Floor: 'Floor', Greater: 'Greater', GreaterEqual: 'GreaterOrEqual', Less: 'Less', LessEqual: 'LessOrEqual',
  Log: 'Log', LogicalAnd: 'And', LogicalNot: 'Not', LogicalOr: 'Or', Maximum: 'Max', Minimum: 'Min',
  Multiply: 'Mul', Neg: 'Neg', Pow: 'Pow', Prelu: 'PRelu', RealDiv: 'Div', Reciprocal: 'Reciprocal', Relu: 'Relu',
  Round: 'Round', Select: 'Where', Sigmoid: 'Sigmoid', Sign: 'Sign', Sin: 'Sin', Softplus: 'Softplus', Sqrt: 'Sqrt',
  Sub: 'Sub', Tanh: 'Tanh',
}; // prettier-ignore

const leakyRelu: Lowering = (node, w) =>
  w.result(node, {
    op: 'LeakyRelu',
    inputs: names(node, w),
    attributes: { alpha: { float: node.attributes['alpha'] as number } },
  });

const clip: Lowering = (node, w) =>
  w.result(node, {
    op: 'Clip',
    inputs: [
      ...names(node, w),
      w.scalar(node.attributes['min'] as number),
      w.scalar(node.attributes['max'] as number),
    ],
  });

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

const log1p: Lowering = (node, w) =>
  w.result(node, { op: 'Log', inputs: [w.emit('Add', [...names(node, w), w.scalar(1)])] });

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
  const positive = w.emit('Greater', [...names(node, w), w.scalar(0)]);
  const alpha = node.attributes['alpha'] as number;
  if (alpha === 0) w.result(node, { op: 'Cast', inputs: [positive], attributes: { to: 1 } });
  else w.result(node, { op: 'Where', inputs: [positive, w.scalar(1), w.scalar(alpha)] });
};

/** dy where y ≥ 0, else dy·(y + 1). */
const eluGrad: Lowering = (node, w) => {
  const [dy, y] = names(node, w) as [string, string];
  const positive = w.emit('GreaterOrEqual', [y, w.scalar(0)]);
  const negative = w.emit('Mul', [dy, w.emit('Add', [y, w.scalar(1)])]);
  w.result(node, { op: 'Where', inputs: [positive, dy, negative] });
};

/** TF.js's modulo has the sign of the divisor. */
const mod: Lowering = (node, w) => {
  const [a, b] = names(node, w) as [string, string];
  const quotient = w.emit('Floor', [w.emit('Div', [a, b])]);
  w.result(node, { op: 'Sub', inputs: [a, w.emit('Mul', [quotient, b])] });
};

const CAST_TO = { float32: 1, int32: 6, bool: 9 } as const;

const cast: Lowering = (node, w) =>
  w.result(node, {
    op: 'Cast',
    inputs: names(node, w),
    attributes: { to: CAST_TO[node.attributes['dtype'] as keyof typeof CAST_TO] },
  });

export const elementwise: Readonly<Record<string, Lowering>> = {
  ...Object.fromEntries(Object.entries(DIRECT).map(([kernel, op]) => [kernel, direct(op)])),
  Cast: cast,
  ClipByValue: clip,
  EluGrad: eluGrad,
  Expm1: expm1,
  LeakyRelu: leakyRelu,
  Log1p: log1p,
  Mod: mod,
  NotEqual: notEqual,
  Relu6: relu6,
  Rsqrt: rsqrt,
  Square: square,
  SquaredDifference: squaredDifference,
  Step: step,
};
