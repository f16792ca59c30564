import type { Check } from '../check.ts';
import { pluginChecks } from '../plugin-checks.ts';
import { lossChecks } from './loss-checks.ts';
import type { ObjectiveSubject } from './losses.ts';
import { penaltyChecks } from './penalty-checks.ts';

/** What every objective must do. */
export const objectiveChecks: readonly Check<ObjectiveSubject>[] = [
  ...pluginChecks<ObjectiveSubject>(({ objective }) => objective),
  ...lossChecks,
  ...penaltyChecks,
];
