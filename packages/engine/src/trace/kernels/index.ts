import type { KernelMacro, KernelRule } from '../kernel-rule.ts';
import { elementwise } from './elementwise.ts';
import { linear, linearMacros } from './linear.ts';
import { reduction, reductionMacros } from './reduction.ts';
import { shaping, shapingMacros } from './shaping.ts';
import { spatial, spatialMacros } from './spatial.ts';

/** Rules by kernel name. */
export const RULES: ReadonlyMap<string, KernelRule> = new Map(
  [...elementwise, ...reduction, ...shaping, ...linear, ...spatial].map((rule) => [rule.kernel, rule]),
);

/** Macros by kernel name; a kernel that has a rule too is recorded by its macro. */
export const MACROS: ReadonlyMap<string, KernelMacro> = new Map(
  [...shapingMacros, ...reductionMacros, ...linearMacros, ...spatialMacros].map((macro) => [
    macro.kernel,
    macro,
  ]),
);
