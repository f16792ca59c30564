import { sameShape } from '../graph.ts';
import { binary } from './elementwise.ts';
import { elementwiseLayout } from './layout.ts';
import { operands } from './onnx.ts';
import { sameType, type Operator } from './operator.ts';

/** Numbers computed from the elements of two or more tensors. */
export const arithmeticOperators = {
  Add: { ...binary, broadcasts: 'delay', neutral: { left: 0, right: 0 }, onnx: 'Add', tensorflow: 'AddV2' },
  AddN: {
    elementwise: true,
    inputs: 'list',
    infer: sameType,
    layout: elementwiseLayout,
    onnx: 'Sum',
    tensorflow: 'AddN',
  },
  FloorDiv: {
    ...binary,
    infer: (types) => ({ ...binary.infer(types), dtype: 'int32' }),
    // ONNX divides integers towards zero, TF.js towards minus infinity.
    onnx: (node, w) => {
      const [a, b] = operands(node, w) as [string, string];
      if (w.type(node.inputs[0]!).dtype === 'float32') {
        const quotient = w.emit('Floor', [w.emit('Div', [a, b])]);
        return w.result(node, { op: 'Cast', inputs: [quotient], attributes: { to: { dtype: 'int32' } } });
      }
      const multiple = w.emit('Sub', [a, w.emit('Mod', [a, b])]);
      w.result(node, { op: 'Div', inputs: [multiple, b] });
    },
    tensorflow: 'FloorDiv',
  },
  Maximum: { ...binary, broadcasts: 'delay', onnx: 'Max', tensorflow: 'Maximum' },
  Minimum: { ...binary, broadcasts: 'delay', onnx: 'Min', tensorflow: 'Minimum' },
  Mod: {
    ...binary,
    // TF.js's modulo has the sign of the divisor.
    onnx: (node, w) => {
      const [a, b] = operands(node, w) as [string, string];
      if (w.type(node.inputs[0]!).dtype === 'int32') return w.result(node, { op: 'Mod', inputs: [a, b] });
      const quotient = w.emit('Floor', [w.emit('Div', [a, b])]);
      w.result(node, { op: 'Sub', inputs: [a, w.emit('Mul', [quotient, b])] });
    },
    tensorflow: 'FloorMod',
  },
  Multiply: {
    ...binary,
    broadcasts: 'delay',
    neutral: { left: 1, right: 1 },
    onnx: 'Mul',
    tensorflow: 'Mul',
  },
  Pow: {
    ...binary,
    broadcasts: 'delay',
    neutral: { right: 1 },
    // ONNX Runtime 1.30 fails on WebGPU where both operands are broadcast, the base along the last axis.
    onnx: (node, w) => {
      const [base, exponent] = operands(node, w) as [string, string];
      const { shape } = w.type(node.outputs[0]!);
      const isBroadcast = node.inputs.every((id) => !sameShape(w.type(id).shape, shape));
      const whole = isBroadcast ? w.emit('Expand', [base, w.int64(shape)]) : base;
      w.result(node, { op: 'Pow', inputs: [whole, exponent] });
    },
    tensorflow: 'Pow',
  },
  Prelu: {
    elementwise: true,
    inputs: ['x', 'alpha'],
    infer: sameType,
    layout: elementwiseLayout,
    onnx: 'PRelu',
    tensorflow: 'Prelu',
  },
  RealDiv: { ...binary, broadcasts: 'delay', neutral: { right: 1 }, onnx: 'Div', tensorflow: 'RealDiv' },
  SquaredDifference: {
    ...binary,
    broadcasts: 'delay',
    onnx: (node, w) => {
      const difference = w.emit('Sub', operands(node, w));
      w.result(node, { op: 'Mul', inputs: [difference, difference] });
    },
    tensorflow: 'SquaredDifference',
  },
  Sub: { ...binary, broadcasts: 'delay', neutral: { right: 0 }, onnx: 'Sub', tensorflow: 'Sub' },
} satisfies Record<string, Operator>;
