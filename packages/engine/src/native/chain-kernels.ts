import type { DType } from '../engine.ts';
import type { Node } from '../graph/graph.ts';
import type { ChainOperation } from './program-format.ts';
import { Unsupported } from './unsupported.ts';

/** A value inside a chain. */
export type ChainValue = number;

/** As many as the operation takes. */
export type ChainOperands = [a: ChainValue, b?: ChainValue | undefined, c?: ChainValue | undefined];

/** What a kernel is written with. */
export interface ChainWriter {
  step(operation: ChainOperation, ...operands: ChainOperands): ChainValue;
  /** One number for all elements; cut to a whole one for int32. */
  scalar(value: number, dtype: DType): ChainValue;
}

interface Call {
  readonly node: Node;
  readonly operands: readonly ChainValue[];
  /** Type of the first operand; for Select, of the chosen ones. */
  readonly dtype: DType;
  readonly w: ChainWriter;
}

type ChainKernel = (call: Call) => ChainValue;

/** The operation for floats and truth values, or that for whole numbers. */
function pick(
  { node, dtype }: Call,
  floats: ChainOperation | undefined,
  whole?: ChainOperation,
): ChainOperation {
  const operation = dtype === 'int32' ? whole : floats;
  if (operation) return operation;
  throw new Unsupported(`${node.kernel} of ${dtype}`);
}

const operation =
  (floats: ChainOperation, whole?: ChainOperation): ChainKernel =>
  (call) =>
    call.w.step(pick(call, floats, whole), call.operands[0]!, call.operands[1]);

/** a > b is b < a. */
const flipped =
  (floats: ChainOperation, whole: ChainOperation): ChainKernel =>
  (call) =>
    call.w.step(pick(call, floats, whole), call.operands[1]!, call.operands[0]);

const bounded = (call: Call, low: number, high: number): ChainValue => {
  const { w, dtype, operands } = call;
  const least = w.step(pick(call, 'maximum', 'i_maximum'), operands[0]!, w.scalar(low, dtype));
  return w.step(pick(call, 'minimum', 'i_minimum'), least, w.scalar(high, dtype));
};

const square = (call: Call, x: ChainValue): ChainValue =>
  call.dtype === 'int32' ? call.w.step('i_multiply', x, x) : call.w.step('square', x);

/** From, then to. Truth values are kept as the floats 0 and 1. */
const CASTS: Readonly<Record<DType, Readonly<Record<DType, ChainOperation | undefined>>>> = {
  float32: { float32: undefined, int32: 'to_int', bool: 'to_bool' },
  int32: { float32: 'i_to_float', int32: undefined, bool: 'i_to_bool' },
  bool: { float32: undefined, int32: 'to_int', bool: undefined },
};

/** Kernels that work element by element, as steps of a chain. */
export const CHAIN_KERNELS: Readonly<Record<string, ChainKernel>> = {
  Abs: operation('abs', 'i_abs'),
  Add: operation('add', 'i_add'),
  AddN: (call) => call.operands.reduce((sum, x) => call.w.step(pick(call, 'add', 'i_add'), sum, x)),
  Cast: ({ w, dtype, operands, node }) => {
    const cast = CASTS[dtype][node.attributes['dtype'] as DType];
    return cast ? w.step(cast, operands[0]!) : operands[0]!;
  },
  Ceil: operation('ceil'),
  ClipByValue: (call) =>
    bounded(call, call.node.attributes['min'] as number, call.node.attributes['max'] as number),
  Cos: operation('cos'),
  Elu: operation('elu'),
  Equal: operation('equal', 'i_equal'),
  Erf: operation('erf'),
  Exp: operation('exp'),
  Expm1: operation('expm1'),
  Floor: operation('floor'),
  FloorDiv: operation('floor_divide', 'i_floor_divide'),
  Greater: flipped('less', 'i_less'),
  GreaterEqual: flipped('less_equal', 'i_less_equal'),
  LeakyRelu: ({ w, operands, node }) =>
    w.step('prelu', operands[0]!, w.scalar(node.attributes['alpha'] as number, 'float32')),
  Less: operation('less', 'i_less'),
  LessEqual: operation('less_equal', 'i_less_equal'),
  Log: operation('log'),
  Log1p: operation('log1p'),
  LogicalAnd: operation('and'),
  LogicalNot: operation('not'),
  LogicalOr: operation('or'),
  Maximum: operation('maximum', 'i_maximum'),
  Minimum: operation('minimum', 'i_minimum'),
  Mod: operation('modulo', 'i_modulo'),
  Multiply: operation('multiply', 'i_multiply'),
  Neg: operation('negate', 'i_negate'),
  NotEqual: operation('not_equal', 'i_not_equal'),
  Pow: operation('power', 'i_power'),
  Prelu: operation('prelu'),
  RealDiv: operation('divide'),
  Reciprocal: operation('reciprocal'),
  Relu: (call) =>
    call.dtype === 'int32'
      ? call.w.step('i_maximum', call.operands[0]!, call.w.scalar(0, 'int32'))
      : call.w.step('relu', call.operands[0]!),
  Relu6: (call) => bounded(call, 0, 6),
  Round: operation('round'),
  Rsqrt: operation('rsqrt'),
  Select: ({ w, operands }) => w.step('select', operands[0]!, operands[1], operands[2]),
  Sigmoid: operation('sigmoid'),
  Sign: operation('sign', 'i_sign'),
  Sin: operation('sin'),
  Softplus: operation('softplus'),
  Sqrt: operation('sqrt'),
  Square: (call) => square(call, call.operands[0]!),
  SquaredDifference: (call) =>
    square(call, call.w.step(pick(call, 'subtract', 'i_subtract'), call.operands[0]!, call.operands[1])),
  Step: ({ w, dtype, operands, node }) => {
    const alpha = w.scalar(node.attributes['alpha'] as number, dtype);
    if (dtype !== 'int32') return w.step('step', operands[0]!, alpha);
    const isPositive = w.step('i_less', w.scalar(0, 'int32'), operands[0]!);
    return w.step('select', isPositive, w.scalar(1, 'int32'), alpha);
  },
  Sub: operation('subtract', 'i_subtract'),
  Tanh: operation('tanh'),
};

/** Steps that a node takes at most. */
export const stepsOf = (node: Node): number => Math.max(3, node.inputs.length);
