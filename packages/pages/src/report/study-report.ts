import { messageOf } from '@medgan/files';
import { type StudySummary, summarise, type TrialRecord } from '@medgan/experiment-registry';
import { commonSettings, type Setting } from './common-settings.ts';
import { embedImage, type EmbeddedImage } from './embed-image.ts';
import { readLossCurves, type LossCurves } from './loss-curves.ts';
import type { ReportData, ReportInput, ReportOptions } from './report-input.ts';

/** Images of a setting. */
interface GroupGrid {
  readonly group: string;
  readonly label: string;
  readonly seed: number;
  readonly image: EmbeddedImage;
}

/** All that the report shows of a study. */
export interface StudyReport {
  readonly summary: StudySummary;
  readonly command: string | undefined;
  /** A single run, not a study. */
  readonly isRun: boolean;
  readonly curves: LossCurves | undefined;
  readonly grids: readonly GroupGrid[];
  readonly settings: readonly Setting[];
  readonly data: readonly ReportData[];
  readonly engines: readonly string[];
  /** `2026-11-24`, or `2026-11-24 to 2026-11-25`; out of the records. */
  readonly days: string | undefined;
  /** Files that could not be shown, one line each. */
  readonly problems: readonly string[];
}

/** Reads what the report shows of a study. A picture that cannot be read is listed as a problem; the rest is shown. */
export async function studyReport(
  { study, records, runs, command, isRun = false }: ReportInput,
  { describe }: Pick<ReportOptions, 'describe'>,
): Promise<StudyReport> {
  const summary = summarise({ study, records, ...(describe ? { describe } : {}) });
  const runOf = new Map(runs.map((run) => [run.id, run]));
  const problems: string[] = [];
  const grids: GroupGrid[] = [];
  for (const { id, label, trials } of summary.groups) {
    const shown = trials.find((trial) => runOf.get(trial.id)?.grid !== undefined);
    const path = shown && runOf.get(shown.id)?.grid;
    if (!shown || path === undefined) continue;
    try {
      grids.push({ group: id, label, seed: shown.seed, image: await embedImage(path) });
    } catch (error) {
      problems.push(`the images of ${shown.label} cannot be shown: ${messageOf(error)}`);
    }
  }
  const curves = await readLossCurves(
    summary.groups.map(({ label, trials }) => ({
      label,
      logs: trials.flatMap(({ id }) => runOf.get(id)?.log ?? []),
    })),
  );
  return {
    summary,
    command,
    isRun,
    curves,
    grids,
    settings: commonSettings(records.length > 0 ? records : study.trials),
    data: distinct(runs.flatMap(({ data }) => data ?? [])),
    engines: distinct([
      ...records.flatMap(({ result }) => result?.engine ?? []),
      ...runs.flatMap(({ id, engine }) =>
        engine !== undefined && records.find((record) => record.id === id)?.result?.engine === undefined
          ? [engine]
          : [],
      ),
    ]),
    days: daysOf(records),
    problems,
  };
}

const distinct = <T>(values: readonly T[]): T[] => [
  ...new Map(values.map((value) => [JSON.stringify(value), value])).values(),
];

function daysOf(records: readonly TrialRecord[]): string | undefined {
  const times = records.flatMap(({ result }) => [result?.startedAt ?? [], result?.endedAt ?? []].flat());
  if (times.length === 0) return undefined;
  const [first, last] = [Math.min(...times), Math.max(...times)].map((time) =>
    new Date(time).toISOString().slice(0, 10),
  );
  return first === last ? first : `${first} to ${last}`;
}
