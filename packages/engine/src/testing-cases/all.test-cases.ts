import { depthwiseCases } from './depthwise.test-cases.ts';
import { elementwiseCases } from './elementwise.test-cases.ts';
import { imageCases } from './image.test-cases.ts';
import type { OpCase } from './op-case.testing.ts';
import { reductionCases, shapingCases } from './shaping.test-cases.ts';

/** Cases of every kernel that a step may call. */
export const CASES: readonly OpCase[] = [
  ...elementwiseCases,
  ...shapingCases,
  ...reductionCases,
  ...imageCases,
  ...depthwiseCases,
];
