import type { Check } from '../check.ts';
import { pluginChecks } from '../plugin-checks.ts';
import { choiceChecks } from './choice-checks.ts';
import { imageChecks } from './image-checks.ts';
import { listChecks } from './list-checks.ts';
import type { DatasetSubject } from './open-tiny.ts';
import { splitChecks } from './split-checks.ts';

/** What every dataset must do. */
export const datasetChecks: readonly Check<DatasetSubject>[] = [
  ...pluginChecks<DatasetSubject>(({ dataset }) => dataset),
  ...imageChecks,
  ...choiceChecks,
  ...splitChecks,
  ...listChecks,
];
