import { arithmeticOperators } from './arithmetic.ts';
import { comparisonOperators } from './comparison.ts';
import { convolutionOperators } from './convolution.ts';
import { depthwiseOperators } from './depthwise.ts';
import { imageOperators } from './images.ts';
import { matrixOperators } from './matrix.ts';
import type { Operator } from './operator.ts';
import { reductionOperators } from './reduction.ts';
import { shapingOperators } from './shaping.ts';
import { unaryOperators } from './unary.ts';

const FAMILIES = {
  ...unaryOperators,
  ...arithmeticOperators,
  ...comparisonOperators,
  ...reductionOperators,
  ...shapingOperators,
  ...matrixOperators,
  ...convolutionOperators,
  ...depthwiseOperators,
  ...imageOperators,
};

/** Name of an operator: the TF.js kernel that it stands for. */
export type OperatorName = keyof typeof FAMILIES;

/** Every operator that a graph may have. */
export const OPERATORS: Readonly<Record<OperatorName, Operator>> = FAMILIES;

/** True for the name of an operator. */
export const isOperator = (kernel: string): kernel is OperatorName => Object.hasOwn(OPERATORS, kernel);

/** The record of an operator. @throws Error when there is no such operator */
export function operatorOf(kernel: string): Operator {
  if (!isOperator(kernel)) throw new Error(`${kernel} is not an operator of the graph`);
  return OPERATORS[kernel];
}
