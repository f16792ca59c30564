import type { DType } from '../../engine.ts';
import { unary } from './elementwise.ts';
import { operands } from './onnx.ts';
import { operator, type Operator } from './operator.ts';
import { attribute, inputs } from './tensorflow.ts';

/** Functions of each element of one tensor. */
export const unaryOperators = {
  Abs: { ...unary, onnx: 'Abs', tensorflow: 'Abs' },
  Cast: operator<{ dtype: DType }>({
    ...unary,
    canonical: (attrs) => ({ dtype: attrs['dtype'] as DType }),
    infer: ([x], { dtype }) => ({ shape: x!.shape, dtype }),
    onnx: (node, w) => {
      const to = { dtype: node.attributes.dtype };
      w.result(node, { op: 'Cast', inputs: operands(node, w), attributes: { to } });
    },
    tensorflow: (node, w) => ({
      op: 'Cast',
      input: inputs(node, w),
      attr: {
        SrcT: attribute.type(w.type(node.inputs[0]!).dtype),
        DstT: attribute.type(w.type(node.outputs[0]!).dtype),
      },
    }),
    keepsElements: (x, { dtype }) => x.dtype === dtype,
  }),
  Ceil: { ...unary, onnx: 'Ceil', tensorflow: 'Ceil' },
  ClipByValue: operator<{ min: number; max: number }>({
    ...unary,
    canonical: (attrs) => ({ min: Number(attrs['clipValueMin']), max: Number(attrs['clipValueMax']) }),
    onnx: (node, w) => {
      const { min, max } = node.attributes;
      const { dtype } = w.type(node.inputs[0]!);
      w.result(node, {
        op: 'Clip',
        inputs: [...operands(node, w), w.scalar(min, dtype), w.scalar(max, dtype)],
      });
    },
    tensorflow: (node, w) => {
      const { min, max } = node.attributes;
      return { op: 'ClipByValue', input: [...inputs(node, w), w.scalar(min), w.scalar(max)] };
    },
  }),
  Cos: { ...unary, onnx: 'Cos', tensorflow: 'Cos' },
  Elu: { ...unary, onnx: 'Elu', tensorflow: 'Elu' },
  Erf: { ...unary, onnx: 'Erf', tensorflow: 'Erf' },
  Exp: { ...unary, onnx: 'Exp', tensorflow: 'Exp' },
  Expm1: {
    ...unary,
    // eˣ − 1 = tanh(x/2)·(eˣ + 1), which keeps its digits near 0.
    onnx: (node, w) => {
      const [x] = operands(node, w) as [string];
      const half = w.emit('Tanh', [w.emit('Mul', [x, w.scalar(0.5)])]);
      w.result(node, { op: 'Mul', inputs: [half, w.emit('Add', [w.emit('Exp', [x]), w.scalar(1)])] });
    },
    tensorflow: 'Expm1',
  },
  Floor: { ...unary, onnx: 'Floor', tensorflow: 'Floor' },
  LeakyRelu: operator<{ alpha: number }>({
    ...unary,
    canonical: (attrs) => ({ alpha: Number(attrs['alpha']) }),
    onnx: (node, w) => {
      const alpha = { float: node.attributes.alpha };
      w.result(node, { op: 'LeakyRelu', inputs: operands(node, w), attributes: { alpha } });
    },
    tensorflow: (node, w) => ({
      op: 'LeakyRelu',
      input: inputs(node, w),
      attr: { alpha: attribute.float(node.attributes.alpha) },
    }),
  }),
  Log: { ...unary, onnx: 'Log', tensorflow: 'Log' },
  Log1p: {
    ...unary,
    // Near 0, ln(1 + x) = 2·artanh(x / (x + 2)) keeps the digits that 1 + x drops.
    onnx: (node, w) => {
      const [x] = operands(node, w) as [string];
      const far = w.emit('Log', [w.emit('Add', [x, w.scalar(1)])]);
      const ratio = w.emit('Atanh', [w.emit('Div', [x, w.emit('Add', [x, w.scalar(2)])])]);
      const isNear = w.emit('Less', [w.emit('Abs', [x]), w.scalar(0.5)]);
      w.result(node, { op: 'Where', inputs: [isNear, w.emit('Add', [ratio, ratio]), far] });
    },
    tensorflow: 'Log1p',
  },
  LogicalNot: {
    ...unary,
    infer: ([x]) => ({ shape: x!.shape, dtype: 'bool' }),
    onnx: 'Not',
    tensorflow: 'LogicalNot',
  },
  Neg: { ...unary, onnx: 'Neg', tensorflow: 'Neg' },
  Reciprocal: { ...unary, onnx: 'Reciprocal', tensorflow: 'Reciprocal' },
  Relu: { ...unary, onnx: 'Relu', tensorflow: 'Relu' },
  Relu6: {
    ...unary,
    onnx: (node, w) =>
      w.result(node, { op: 'Clip', inputs: [...operands(node, w), w.scalar(0), w.scalar(6)] }),
    tensorflow: 'Relu6',
  },
  Round: { ...unary, onnx: 'Round', tensorflow: 'Round' },
  Rsqrt: {
    ...unary,
    onnx: (node, w) => w.result(node, { op: 'Reciprocal', inputs: [w.emit('Sqrt', operands(node, w))] }),
    tensorflow: 'Rsqrt',
  },
  Sigmoid: { ...unary, onnx: 'Sigmoid', tensorflow: 'Sigmoid' },
  Sign: { ...unary, onnx: 'Sign', tensorflow: 'Sign' },
  Sin: { ...unary, onnx: 'Sin', tensorflow: 'Sin' },
  Softplus: { ...unary, onnx: 'Softplus', tensorflow: 'Softplus' },
  Sqrt: { ...unary, onnx: 'Sqrt', tensorflow: 'Sqrt' },
  Square: {
    ...unary,
    onnx: (node, w) => {
      const [x] = operands(node, w) as [string];
      w.result(node, { op: 'Mul', inputs: [x, x] });
    },
    tensorflow: 'Square',
  },
  /** 1 where x > 0, else alpha. */
  Step: operator<{ alpha: number }>({
    ...unary,
    canonical: (attrs) => ({ alpha: Number(attrs['alpha'] ?? 0) }),
    onnx: (node, w) => {
      const { alpha } = node.attributes;
      const { dtype } = w.type(node.inputs[0]!);
      const positive = w.emit('Greater', [...operands(node, w), w.scalar(0, dtype)]);
      if (alpha === 0) w.result(node, { op: 'Cast', inputs: [positive], attributes: { to: { dtype } } });
      else w.result(node, { op: 'Where', inputs: [positive, w.scalar(1, dtype), w.scalar(alpha, dtype)] });
    },
  }),
  Tanh: { ...unary, onnx: 'Tanh', tensorflow: 'Tanh' },
} satisfies Record<string, Operator>;
