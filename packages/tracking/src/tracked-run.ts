import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { DatasetInput, RunStatus, Scalar } from 'mlflow-ts-client';
import { defined, lockHolder, readJson } from '@medgan/files';
import { RUN_FILES, TRIAL_FILES } from '@medgan/plugin-api';
import type { RunStatus as StatusFile } from '@medgan/trainer';
import { engineText, readRunRecord, type RunEvaluation, type RunRecord } from '@medgan/runs';
import { flatten, trackedName } from './flatten.ts';
import { logSpan } from './log-span.ts';
import { bestOf, figuresOf } from './run-figures.ts';
import { trackedModel } from './generator-model.ts';
import { systemPath } from './system-load.ts';
import type { Tracked, TrackedFile } from './tracked.ts';
import { userName } from './user-name.ts';

/** Files of a run folder that are shown beside its figures, in this order. */
const SHOWN = [
  RUN_FILES.record,
  RUN_FILES.lossSvg,
  RUN_FILES.lossPng,
  RUN_FILES.realFakeGrid,
  RUN_FILES.metrics,
  RUN_FILES.best,
  TRIAL_FILES.result,
];

/** MLflow's longest digest; the whole fingerprint is a tag. */
const DIGEST = 36;

/** The images of a run that names no dataset and no folder. */
const BUILT_IN = 'built-in images';

export interface ReadRunOptions {
  /** List the kept checkpoints too: they are large. */
  readonly checkpoints?: boolean;
  /** What the study calls it, where it is a trial. */
  readonly trial?: { readonly name: string; readonly tags: Readonly<Record<string, Scalar>> };
}

/** How a run stands. A training process that ended without writing its state has failed. */
async function stateOf(dir: string, status: StatusFile | undefined): Promise<StatusFile['state'] | 'died'> {
  if (status !== undefined && status.state !== 'running') return status.state;
  return (await lockHolder(join(dir, RUN_FILES.lock))) ? 'running' : 'died';
}

const STATUS: Readonly<Record<StatusFile['state'] | 'died', RunStatus>> = {
  running: 'RUNNING',
  finished: 'FINISHED',
  interrupted: 'KILLED',
  diverged: 'FAILED',
  failed: 'FAILED',
  died: 'FAILED',
};

/** Tags that every run and study sent by this user has. */
export const commonTags = (dir: string): Record<string, Scalar> => ({
  'mlflow.user': userName(process.env),
  'mlflow.source.name': 'medgan',
  'mlflow.source.type': 'LOCAL',
  'medgan.folder': dir,
});

function tagsOf(dir: string, record: RunRecord, state: string): Record<string, Scalar> {
  const { engine, data, versions, resolved } = record;
  const { commit, ...numbers } = versions;
  return {
    ...commonTags(dir),
    ...defined({ 'mlflow.source.git.commit': commit }),
    'medgan.state': state,
    'medgan.seed': resolved.seed,
    'medgan.engine': engineText(engine),
    'medgan.data.fingerprint': data.fingerprint,
    ...Object.fromEntries(
      Object.entries(numbers).map(([name, version]) => [
        `medgan.version.${trackedName(name.replace('@', ''))}`,
        version,
      ]),
    ),
  };
}

function datasetOf({ control, data }: RunRecord): DatasetInput {
  const name = control.path === undefined ? (control.dataset ?? BUILT_IN) : basename(control.path);
  return {
    dataset: {
      name: `${name} (${data.classes.join(', ')})`.slice(0, 500),
      digest: data.fingerprint.slice(0, DIGEST),
      sourceType: control.path === undefined ? 'code' : 'local',
      source: JSON.stringify(
        control.path === undefined ? { dataset: control.dataset ?? BUILT_IN } : { uri: control.path },
      ),
      profile: JSON.stringify({ images: data.images, skipped: data.skipped }),
    },
    tags: { 'mlflow.data.context': 'training' },
  };
}

const namesIn = async (dir: string): Promise<string[]> =>
  (await readdir(dir).catch(() => [] as string[])).sort();

async function filesOf(dir: string, checkpoints: boolean): Promise<TrackedFile[]> {
  const present = new Set(await namesIn(dir));
  const shown = SHOWN.filter((name) => present.has(name)).map((name) => ({
    from: join(dir, name),
    to: name,
  }));
  const samples = (await namesIn(join(dir, RUN_FILES.samples))).flatMap((name): TrackedFile[] => {
    const step = /^step-(\d+)\.png$/.exec(name)?.[1];
    if (step === undefined) return [];
    const from = join(dir, RUN_FILES.samples, name);
    return [{ from, to: `samples/${name}`, image: { key: 'samples', step: Number(step) } }];
  });
  return [...shown, ...samples, ...(checkpoints ? await checkpointsOf(dir) : [])];
}

async function checkpointsOf(dir: string): Promise<TrackedFile[]> {
  const files: TrackedFile[] = [];
  for (const step of await namesIn(join(dir, RUN_FILES.checkpoints))) {
    if (!/^step-\d+$/.test(step)) continue;
    for (const name of await namesIn(join(dir, RUN_FILES.checkpoints, step))) {
      files.push({ from: join(dir, RUN_FILES.checkpoints, step, name), to: `checkpoints/${step}/${name}` });
    }
  }
  return files;
}

/** Reads a run folder. @throws MedganError when it holds no run. */
export async function readTrackedRun(dir: string, options: ReadRunOptions = {}): Promise<Tracked> {
  const record = await readRunRecord(dir);
  const status = await readJson<StatusFile>(join(dir, RUN_FILES.status));
  const state = await stateOf(dir, status);
  const log = join(dir, RUN_FILES.log);
  const begun = Math.round((await stat(join(dir, RUN_FILES.record))).mtimeMs);
  const { first, last } = (await logSpan(log)) ?? { first: begun, last: begun };
  const evaluation = await readJson<RunEvaluation>(join(dir, RUN_FILES.metrics));
  const { name, threads, precision } = record.engine;
  const { images, classes } = record.data;
  return {
    dir,
    name: options.trial?.name ?? basename(dir),
    status: STATUS[state],
    startTime: first,
    endTime: last,
    params: flatten({
      ...record.resolved,
      engine: { name, threads, ...defined({ precision }) },
      data: { images, classes },
    }),
    tags: {
      ...tagsOf(dir, record, state),
      ...defined({ 'medgan.reason': status?.reason }),
      ...(status?.best
        ? { 'medgan.best': `${status.best.metric} ${status.best.value} at step ${status.best.step}` }
        : {}),
      ...options.trial?.tags,
    },
    dataset: datasetOf(record),
    files: await filesOf(dir, options.checkpoints ?? false),
    log,
    system: systemPath(dir),
    ...defined({ model: state === 'finished' ? trackedModel(dir, record) : undefined }),
    figures: [...(evaluation ? figuresOf(evaluation, last) : []), ...bestOf(status, last)],
  };
}
