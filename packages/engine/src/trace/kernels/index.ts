import type { KernelMacro, KernelRule } from '../kernel-rule.ts';
import { elementwise } from './elementwise.ts';
import { linear, linearMacros } from './linear.ts';
import { reduction } from './reduction.ts';
import { shaping, shapingMacros } from './shaping.ts';
import { spatial } from './spatial.ts';

/** Rules by kernel name. */
export const RULES: ReadonlyMap<string, KernelRule> = new Map(
  [...elementwise, ...reduction, ...shaping, ...linear, ...spatial].map((rule) => [rule.kernel, rule]),
);

/** Macros by kernel name. */
export const MACROS: ReadonlyMap<string, KernelMacro> = new Map(
  [...shapingMacros, ...linearMacros].map((macro) => [macro.kernel, macro]),
);
