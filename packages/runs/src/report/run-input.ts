import { basename, join } from 'node:path';
import { defined, plural, readJson, readText } from '@medgan/files';
import { RUN_FILES } from '@medgan/plugin-api';
import {
  type ChoosingFigure,
  type ControlKeys,
  type Figures,
  parseExperiment,
  type Study,
  type Trial,
  type TrialRecord,
} from '@medgan/experiment-registry';
import type { ReportInput } from '@medgan/pages';
import { type Best, readBest, readStatus } from '@medgan/trainer';
import type { RunEvaluation } from '../evaluation/evaluate-run.ts';
import { readRunRecord } from '../run/run-record.ts';
import { figuresOf, keyOf } from '../trial/judge-trial.ts';
import { reportRun } from './report-run.ts';

/** A name as an anchor, and as a folder of pictures. */
const slug = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '') || 'run';

/** A study that is known by what it left behind only, without its file. */
export function studyWithoutFile(
  of: Pick<Study, 'name' | 'configuration' | 'trials'> & {
    readonly title: string;
    readonly question: string;
  },
): Study {
  const { name, configuration, trials, title, question } = of;
  const experiment = parseExperiment('title: a\nquestion: b\nbase: {arch: dcgan}\n', `${slug(name)}.yaml`);
  const seeds = new Set(trials.map(({ seed }) => seed));
  return {
    name: slug(name),
    experiment: { ...experiment, title, question },
    configuration,
    overrides: {},
    trials,
    seeded: seeds.size > 1,
  };
}

/** The losses of the last whole line of a log. */
async function lastLosses(dir: string): Promise<Figures> {
  const lines = ((await readText(join(dir, RUN_FILES.log))) ?? '').split('\n').slice(0, -1);
  if (lines.length === 0) return {};
  const values = JSON.parse(lines.at(-1)!) as Record<string, number | string>;
  const keys = ['loss/discriminator', 'loss/generator'].filter((key) => values[key] !== undefined);
  return Object.fromEntries(keys.map((key) => [key, Number(values[key])]));
}

const chosenBy = ({ metric, direction, value, step }: Best): ChoosingFigure => ({
  key: keyOf(metric),
  name: metric,
  better: direction,
  value,
  step,
});

/** A run as a study of one trial. Its figures are those that `medgan evaluate` has written, if it was evaluated. */
export async function runInput(dir: string): Promise<ReportInput> {
  const record = await readRunRecord(dir);
  const control = record.control as unknown as ControlKeys;
  const label = basename(dir);
  const trial: Trial = {
    id: label,
    label,
    group: slug(label),
    groupLabel: label,
    settings: {},
    seed: record.control.seed,
    config: control,
  };
  const study = studyWithoutFile({
    name: label,
    configuration: 'quick',
    trials: [trial],
    title: label,
    question: `One run: ${record.control.arch} on ${plural(record.data.images, 'image')}.`,
  });
  const records = [await recordOf(dir, trial, record.data.fingerprint)];
  return { study, records, runs: [await reportRun(records[0]!, dir)], isRun: true };
}

async function recordOf(dir: string, trial: Trial, data: string): Promise<TrialRecord> {
  const status = await readStatus(dir);
  const evaluation = await readJson<RunEvaluation>(join(dir, RUN_FILES.metrics));
  const best = await readBest(dir);
  const table = evaluation?.original;
  const state = status?.state ?? 'interrupted';
  return {
    ...trial,
    state,
    identity: '',
    data,
    result: {
      status: state === 'running' ? 'interrupted' : state,
      figures: {
        ...(await lastLosses(dir)),
        ...(table ? figuresOf(table.values) : {}),
        ...(best ? { [keyOf(best.metric)]: best.value } : {}),
      },
      steps: status?.step ?? 0,
      seconds: status?.seconds ?? 0,
      grids: [],
      ...defined({ reason: status?.reason }),
      ...(best ? { chosenBy: chosenBy(best) } : {}),
      ...(table ? { floor: figuresOf(table.floor), ceiling: figuresOf(table.ceiling) } : {}),
    },
  };
}
