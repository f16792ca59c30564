import type { Check } from '../check.ts';
import { pluginChecks } from '../plugin-checks.ts';
import { buildChecks } from './build-checks.ts';
import { realChecks } from './real-checks.ts';
import { runChecks } from './run-checks.ts';
import type { ArchitectureSubject } from './tiny-gan.ts';

/** What every architecture must do. */
export const architectureChecks: readonly Check<ArchitectureSubject>[] = [
  ...pluginChecks<ArchitectureSubject>(({ architecture }) => architecture),
  ...buildChecks,
  ...runChecks,
  ...realChecks,
];
