import type { ControlKeys } from '../experiment-schema.ts';
import type { Study } from '../study.ts';
import type { Figures, TrialRecord } from '../trial-records.ts';

/** Trials that differ in the seed only. */
export interface RecordGroup {
  readonly id: string;
  readonly label: string;
  readonly settings: ControlKeys;
  /** In the order they are run; none when the study was not run yet. */
  readonly records: readonly TrialRecord[];
  /** What was published for these settings. */
  readonly published: Figures;
  /** Why it is taken as theirs, where the source does not say so. */
  readonly assumed: string | undefined;
}

/**
 * The groups of a study, in its order. A run of other seeds than the file has is matched by its groups; groups that
 * the file has no more are left out.
 */
export function groupsOf(study: Study, records: readonly TrialRecord[]): RecordGroup[] {
  const groups = new Map<string, RecordGroup>();
  for (const { group, groupLabel, settings, published } of study.trials) {
    if (groups.has(group)) continue;
    const ids = new Set(study.trials.filter((trial) => trial.group === group).map(({ id }) => id));
    groups.set(group, {
      id: group,
      label: groupLabel,
      settings,
      records: records.filter((record) => record.group === group || ids.has(record.id)),
      published: published?.values ?? {},
      assumed: published?.assumed,
    });
  }
  return [...groups.values()];
}
