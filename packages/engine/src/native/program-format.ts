/**
 * Numbers of the flat program format, as packages/native/src/program.h and chain.h state them. Their lists and these are
 * compared by a test.
 */

export const PROGRAM_MAGIC = 0x4d475031;

/** Instructions, in the order of `enum operation`. */
export const OPERATIONS = [
  'chain', 'reduce', 'copy', 'fill', 'gemm', 'conv', 'depthwise', 'gather', 'pool', 'resize',
] as const; // prettier-ignore

export type OperationName = (typeof OPERATIONS)[number];

/** Types of inputs and outputs, in the order of `enum word_type`. */
export const WORD_TYPES = ['float32', 'int32', 'bool'] as const;

/** How a chain finds an operand's element, in the order of `enum chain_mode`. */
export const CHAIN_MODES = ['full', 'scalar', 'periodic', 'strided'] as const;

/** Operations of a chain, in the order of `enum chain_operation`. */
export const CHAIN_OPERATIONS = [
  'negate', 'abs', 'ceil', 'floor', 'round', 'sign', 'sqrt', 'rsqrt',
  'reciprocal', 'square', 'exp', 'expm1', 'log', 'log1p', 'sin', 'cos', 'tanh',
  'sigmoid', 'softplus', 'erf', 'elu', 'relu', 'not', 'to_int', 'to_bool',
  'i_negate', 'i_abs', 'i_sign', 'i_to_float', 'i_to_bool',
  'add', 'subtract', 'multiply', 'divide', 'maximum', 'minimum', 'power', 'modulo',
  'floor_divide', 'less', 'less_equal', 'equal', 'not_equal', 'and', 'or', 'prelu',
  'step',
  'i_add', 'i_subtract', 'i_multiply', 'i_maximum', 'i_minimum', 'i_power', 'i_modulo',
  'i_floor_divide', 'i_less', 'i_less_equal', 'i_equal', 'i_not_equal',
  'select',
] as const; // prettier-ignore

export type ChainOperation = (typeof CHAIN_OPERATIONS)[number];

/** Folds, in the order of `enum fold`. */
export const FOLDS = [
  'sum', 'product', 'maximum', 'minimum', 'i_sum', 'i_product', 'i_maximum', 'i_minimum',
] as const; // prettier-ignore

export type Fold = (typeof FOLDS)[number];

/** Directions of a convolution, in the order of `enum conv_direction`. */
export const DIRECTIONS = ['forward', 'input gradient', 'weight gradient'] as const;

export type Direction = (typeof DIRECTIONS)[number];

/** Ways to compute a convolution, in the order of `enum conv_algorithm`. */
export const ALGORITHMS = ['direct', 'winograd-2', 'winograd-4'] as const;

export type Algorithm = (typeof ALGORITHMS)[number];

/** Most of each that a chain may have: chain.h. */
export const CHAIN_LIMITS = { loads: 48, steps: 96, stores: 48, folds: 16, rank: 8 } as const;
