import { existsSync } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { defined, readJson } from '@medgan/files';
import { RUN_FILES, STUDY_FILES } from '@medgan/plugin-api';
import type { RunStatus } from 'mlflow-ts-client';
import type { StudyRecord, TrialRecord } from '@medgan/experiment-registry';
import { flatten } from './flatten.ts';
import { builtInDirections, studyFigures, studyParams } from './study-figures.ts';
import { commonTags, readTrackedRun, type ReadRunOptions } from './tracked-run.ts';
import { systemPath } from './system-load.ts';
import type { Tracked } from './tracked.ts';

/** A study folder: what the study is, and which of its trials have a folder. */
export interface StudyFolder {
  readonly dir: string;
  readonly record: StudyRecord;
}

/** The study in a folder; undefined when it holds none. */
export async function openStudy(dir: string): Promise<StudyFolder | undefined> {
  const record = await readJson<StudyRecord>(join(dir, STUDY_FILES.trials));
  return record && { dir, record };
}

/** The study that a run folder is a trial of. */
export async function studyOf(runDir: string): Promise<StudyFolder | undefined> {
  const study = await openStudy(dirname(runDir));
  return study?.record.trials.some(({ id }) => id === basename(runDir)) ? study : undefined;
}

/** Folders of the trials that were started, in the study's order. */
export const trialDirs = ({ dir, record }: StudyFolder): string[] =>
  record.trials.map(({ id }) => join(dir, id)).filter((trial) => existsSync(join(trial, RUN_FILES.record)));

/** `isAlive`: some process still runs trials; without it, a trial that `trials.json` calls running was killed. */
function statusOf(trials: readonly TrialRecord[], isAlive: boolean): RunStatus {
  const states = new Set(trials.map(({ state }) => state));
  if (isAlive && (states.has('running') || states.has('waiting'))) return 'RUNNING';
  if (states.has('running') || states.has('interrupted') || states.has('waiting')) return 'KILLED';
  return states.has('failed') ? 'FAILED' : 'FINISHED';
}

/** Files that people look at, at the top of a study's folder. */
const SHOWN = /\.(md|json|html|svg|png|csv)$/;

/** Reads a study folder; `trials` are those of its trials that were started. */
export async function readTrackedStudy(
  { dir, record }: StudyFolder,
  { trials, isAlive }: { trials: readonly Tracked[]; isAlive: boolean },
): Promise<Tracked> {
  const planned = Math.round((await stat(join(dir, STUDY_FILES.trials))).mtimeMs);
  const names = (await readdir(dir)).filter((name) => SHOWN.test(name)).sort();
  const results = names.includes(STUDY_FILES.results)
    ? await readFile(join(dir, STUDY_FILES.results), 'utf8')
    : undefined;
  const endTime = trials.length > 0 ? Math.max(...trials.map((trial) => trial.endTime)) : planned;
  const count = (state: string): number => record.trials.filter((trial) => trial.state === state).length;
  const diverged = count('diverged') > 0 ? `, ${count('diverged')} diverged` : '';
  return {
    dir,
    name: basename(dir),
    status: statusOf(record.trials, isAlive || trials.some(({ status }) => status === 'RUNNING')),
    startTime: trials.length > 0 ? Math.min(...trials.map(({ startTime }) => startTime)) : planned,
    endTime,
    params: studyParams(record),
    tags: {
      ...commonTags(dir),
      'medgan.study': record.experiment,
      'medgan.configuration': record.configuration,
      'medgan.trials': `${count('finished')} of ${record.trials.length} finished${diverged}`,
      ...defined({ 'mlflow.note.content': results && withoutFiles(results) }),
    },
    system: systemPath(dir),
    files: names.map((name) => ({ from: join(dir, name), to: name })),
    figures: studyFigures(record, { directionOf: await builtInDirections(), timestamp: endTime }),
  };
}

/** MLflow shows the text on the run's page, where images and files of the folder are not found: links become text. */
const withoutFiles = (markdown: string): string =>
  markdown.replace(/!\[[^\]]*\]\([^)]*\)/g, '').replace(/\[([^\]]*)\]\((?![a-z]+:|#)[^)]*\)/g, '$1');

/** Reads a trial's run folder, named and tagged as the study has it. */
export function readTrial(dir: string, study: StudyFolder, options: ReadRunOptions = {}): Promise<Tracked> {
  const trial = study.record.trials.find(({ id }) => id === basename(dir));
  return readTrackedRun(dir, {
    ...options,
    trial: {
      name: basename(dir),
      tags: {
        'medgan.study': study.record.experiment,
        'medgan.trial': trial?.label ?? basename(dir),
        ...flatten(trial?.settings, 'medgan.setting'),
      },
    },
  });
}
