import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { dirname, join } from 'node:path';
import { MedganError, lockHolder, messageOf, RUN_FILES } from '@medgan/plugin-api';
import { readResult, readTrial, type TrialResult, writeResult } from '@medgan/experiment-registry';
import {
  executeRun,
  EXTENDABLE,
  judgeTrial,
  loadPlugins,
  lossesOf,
  readRunRecord,
  type ResolvedRun,
  systemClock,
  trialRun,
} from '@medgan/runs';
import { startFollower } from '@medgan/tracking';
import { MEDGAN_FILE } from '../medgan-file.ts';
import { openParentChannel } from './parent-channel.ts';
import { TrialReporter } from './trial-reporter.ts';

export interface RunTrialOptions {
  /** Train from the beginning, whatever the folder holds. */
  readonly anew: boolean;
  /** Cores to use, unless the trial's config or its earlier part says otherwise. */
  readonly threads?: number;
}

/** Milliseconds that an earlier process of the same trial may take to save and leave. */
const PATIENCE = 120_000;

/**
 * Runs the trial of a run folder to its end and leaves `result.json` there: the whole of a trial's process. A trial that
 * was begun goes on with the engine and the thread count of its beginning, so that its bytes are those of an unbroken one.
 */
export async function runTrial(dir: string, options: RunTrialOptions): Promise<TrialResult['status']> {
  const known = await readTrial(dir);
  if (!known) {
    throw new MedganError(`${dir} is no trial of a study`, { cure: 'use medgan experiment run' });
  }
  const { trial } = known;
  const { plugins: named } = trial.config as { readonly plugins?: readonly string[] };
  const plugins = await loadPlugins((named ?? []).map((spec) => ({ spec, from: dir })));
  const channel = openParentChannel();
  const { log_every: logEvery } = trialRun(trial, plugins).control;
  const reporter = new TrialReporter(channel, { clock: systemClock, logEvery });
  try {
    await othersLeft(dir, reporter);
    const begun = existsSync(join(dir, RUN_FILES.record)) && !options.anew;
    const { engine } = begun ? await readRunRecord(dir) : {};
    const threads = engine?.threads ?? options.threads;
    const config =
      threads === undefined ? trial.config : { threads, ...trial.config, ...(engine && { threads }) };
    const { control, run } = trialRun({ id: trial.id, config }, plugins);
    const trained = await executeRun({
      control,
      run: { ...run, ...enginesOf(run, engine), runDir: dir },
      plugins,
      reporter,
      signal: channel.signal,
      existing: begun
        ? { kind: 'resume', extended: trial.continues === undefined ? [] : EXTENDABLE }
        : { kind: 'replace' },
      follow: (runDir) => startFollower(runDir, { program: MEDGAN_FILE, env: process.env, reporter }),
    });
    if (trained.state === 'finished' && trained.steps === (await formerSteps(dir, trial.continues))) {
      reporter.onWarning(
        `nothing was trained here: max_steps ends it at step ${trained.steps}, where ${trial.continues} ended`,
      );
    }
    const computed = (await readRunRecord(dir)).engine;
    const isDone = trained.state === 'finished';
    if (isDone) reporter.onPhase('judging its images');
    await writeResult(dir, {
      status: trained.state,
      ...(isDone
        ? await judgeTrial(dir, trained, { plugins, reporter })
        : { figures: lossesOf(trained.final) }),
      steps: trained.steps,
      ...(trained.stepsPerSecond === undefined ? {} : { stepsPerSecond: trained.stepsPerSecond }),
      seconds: trained.seconds,
      grids: isDone ? [RUN_FILES.realFakeGrid] : [],
      engine: `${computed.name} on ${computed.device}`,
    });
    return trained.state;
  } catch (error) {
    if (!channel.signal.aborted) await writeFailure(dir, { error, steps: reporter.steps });
    throw error;
  } finally {
    channel.close();
  }
}

/** Where the trial that this one goes on from ended. */
async function formerSteps(dir: string, continues: string | undefined): Promise<number | undefined> {
  return continues === undefined ? undefined : (await readResult(join(dirname(dir), continues)))?.steps;
}

/** A run that computed on the CPU goes on there, also where a GPU has come to the machine in the meantime. */
const enginesOf = (
  { engines }: Pick<ResolvedRun, 'engines'>,
  engine: { readonly name: string; readonly device: string } | undefined,
): Pick<ResolvedRun, 'engines'> =>
  engine?.name === 'onnx' && engine.device.startsWith('CPU') ? { engines: ['onnx'] } : { engines };

async function writeFailure(dir: string, { error, steps }: { error: unknown; steps: number }): Promise<void> {
  const [reason] = messageOf(error).replace('[medgan] ', '').split('\n');
  await writeResult(dir, {
    status: 'failed',
    figures: {},
    steps,
    seconds: 0,
    grids: [],
    reason: reason ?? '',
  });
}

/** The trials of a study whose process was killed notice it, save and leave: that may be a moment ago. */
async function othersLeft(dir: string, reporter: TrialReporter): Promise<void> {
  const path = join(dir, RUN_FILES.lock);
  const start = systemClock.monotonic();
  for (let told = false; systemClock.monotonic() - start < PATIENCE; told = true) {
    const holder = await lockHolder(path);
    if (!holder) return;
    if (!told) reporter.onNote(`waiting for process ${holder.pid} on ${holder.host}, which has this run`);
    await setTimeout(200);
  }
}
