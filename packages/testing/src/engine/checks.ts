import type { Check } from '../check.ts';
import { convolutionChecks } from './convolution-checks.ts';
import { programChecks } from './program-checks.ts';
import { stateChecks } from './state-checks.ts';
import type { EngineSubject } from './use-engine.ts';

export type { EngineSubject } from './use-engine.ts';

/** What every engine must do. */
export const engineChecks: readonly Check<EngineSubject>[] = [
  ...stateChecks,
  ...programChecks,
  ...convolutionChecks,
];
