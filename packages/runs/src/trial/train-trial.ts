import { setTimeout } from 'node:timers/promises';
import { dirname, join } from 'node:path';
import { defined } from '@medgan/files';
import {
  readResult,
  readTrial,
  writeResult,
  type FolderOfTrial,
  type TrialResult,
} from '@medgan/experiment-registry';
import { lockHolder, MedganError, messageOf } from '@medgan/files';
import { RUN_FILES, type Plugins } from '@medgan/plugin-api';
import type { TrainResult } from '@medgan/trainer';
import type { ControlFile } from '../control/control-schema.ts';
import type { ResolvedRun } from '../control/resolve-control.ts';
import { loadPlugins } from '../plugins/load-plugins.ts';
import { executeRun, type ExecuteRequest, type Existing } from '../run/execute-run.ts';
import { EXTENDABLE } from '../run/resume-guard.ts';
import { engineText, holdsRun, readRunRecord } from '../run/run-record.ts';
import type { RunReporter } from '../run/run-reporter.ts';
import { systemClock } from '../run/system-clock.ts';
import { judgeTrial, lossesOf } from './judge-trial.ts';
import { trialRun } from './trial-run.ts';

/** A trial in its run folder: which trial it is, and the run that it asks for, resolved once. */
export interface OpenedTrial {
  readonly dir: string;
  readonly trial: FolderOfTrial['trial'];
  readonly control: ControlFile;
  readonly plugins: Plugins;
  readonly run: ResolvedRun;
}

/** Hears how a trial goes on. */
export interface TrialListener extends RunReporter {
  /** Steps done. */
  readonly steps: number;
  /** What begins now, until the next step or phase. */
  onPhase(text: string): void;
}

/** How a trial is trained. */
interface TrainTrialRequest extends Pick<ExecuteRequest, 'signal' | 'follow'> {
  readonly reporter: TrialListener;
  /** Train from the beginning, whatever the folder holds. */
  readonly anew: boolean;
  /** Cores to use, unless the trial's configuration or its earlier part says otherwise. */
  readonly threads?: number;
}

/** Reads which trial a folder is of. @throws MedganError when it is of none. */
export async function openTrial(dir: string): Promise<OpenedTrial> {
  const known = await readTrial(dir);
  if (!known) {
    throw new MedganError(`${dir} is no trial of a study`, { cure: 'use medgan experiment run' });
  }
  const { trial } = known;
  const { plugins: named } = trial.config as { readonly plugins?: readonly string[] };
  const plugins = await loadPlugins((named ?? []).map((spec) => ({ spec, from: dir })));
  return { dir, trial, plugins, ...trialRun(trial, plugins) };
}

/**
 * Trains a trial to its end, judges its images, and leaves `result.json` in its folder. A trial that was begun goes on
 * with the engine and the number of threads of its beginning, so that its bytes are those of an unbroken one.
 */
export async function trainTrial(
  opened: OpenedTrial,
  request: TrainTrialRequest,
): Promise<TrialResult['status']> {
  const { dir } = opened;
  const { signal, reporter } = request;
  try {
    await othersLeft(dir, reporter);
    return await trainOpened(opened, request);
  } catch (error) {
    if (!signal.aborted) await writeFailure(dir, { error, steps: reporter.steps });
    throw error;
  }
}

async function trainOpened(
  { dir, trial, control, plugins, run }: OpenedTrial,
  request: TrainTrialRequest,
): Promise<TrialResult['status']> {
  const { anew, reporter, signal, follow } = request;
  const former = holdsRun(dir) && !anew ? await readRunRecord(dir) : undefined;
  const threads = former?.engine.threads ?? control.threads ?? request.threads;
  const existing: Existing = former
    ? { kind: 'resume', extended: trial.continues === undefined ? [] : EXTENDABLE }
    : { kind: 'replace' };
  let judged: Omit<TrialResult, keyof Trained> | undefined;
  const trained = await executeRun({
    control: threads === undefined ? control : { ...control, threads },
    run: { ...run, threads: threads ?? run.threads, runDir: dir },
    plugins,
    reporter,
    signal,
    existing,
    follow,
    onFinished: async (atWork, result) => {
      reporter.onPhase('judging its images');
      judged = {
        ...(await judgeTrial(atWork, result, reporter)),
        grids: [RUN_FILES.realFakeGrid],
      };
    },
  });
  if (trained.state === 'finished' && trained.steps === (await formerSteps(dir, trial.continues))) {
    reporter.onWarning(
      `nothing was trained here: max_steps ends it at step ${trained.steps}, where ${trial.continues} ended`,
    );
  }
  const { engine } = await readRunRecord(dir);
  await writeResult(dir, {
    ...trainedPart(trained),
    ...(judged ?? { figures: trained.state === 'diverged' ? {} : lossesOf(trained.final), grids: [] }),
    engine: engineText(engine),
  });
  return trained.state;
}

type Trained = Pick<TrialResult, 'status' | 'steps' | 'stepsPerSecond' | 'seconds' | 'reason' | 'engine'>;

const trainedPart = ({
  state,
  steps,
  stepsPerSecond,
  seconds,
  reason,
}: TrainResult): Omit<Trained, 'engine'> => ({
  status: state,
  steps,
  ...defined({ stepsPerSecond, reason }),
  seconds,
});

/** Where the trial that this one goes on from ended. */
async function formerSteps(dir: string, continues: string | undefined): Promise<number | undefined> {
  return continues === undefined ? undefined : (await readResult(join(dirname(dir), continues)))?.steps;
}

async function writeFailure(dir: string, { error, steps }: { error: unknown; steps: number }): Promise<void> {
  const [reason] = messageOf(error).split('\n');
  await writeResult(dir, {
    status: 'failed',
    figures: {},
    steps,
    seconds: 0,
    grids: [],
    reason: reason ?? '',
  });
}

/** Milliseconds that an earlier process of the same trial may take to save and leave. */
const PATIENCE = 120_000;

/** The processes of a study that was killed notice it, save and leave: that may be a moment ago. */
async function othersLeft(dir: string, reporter: Pick<RunReporter, 'onNote'>): Promise<void> {
  const path = join(dir, RUN_FILES.lock);
  const start = systemClock.monotonic();
  for (let isSaid = false; systemClock.monotonic() - start < PATIENCE; isSaid = true) {
    const holder = await lockHolder(path);
    if (!holder) return;
    if (!isSaid) reporter.onNote(`waiting for process ${holder.pid} on ${holder.host}, which has this run`);
    await setTimeout(200);
  }
}
