import { MedganError } from '@medgan/files';
import { MlflowError } from 'mlflow-ts-client';
import { readRunRecord, type MlflowKeys } from '@medgan/runs';
import { readCursor } from './cursor.ts';
import type { OpenDestination, TrackingServer } from './destination.ts';
import { isServerGone, type Leftover } from './leftovers.ts';
import { FolderBusy, FolderReplaced } from './sync-faults.ts';
import { RunSync, type RunSyncOptions, type Sent } from './sync-run.ts';
import { SystemSampler, type SystemSampling } from './system-load.ts';
import { studyFor, type Target } from './targets.ts';
import { readTrackedRun } from './tracked-run.ts';
import { readTrackedStudy, readTrial, trialDirs, type StudyFolder } from './tracked-study.ts';
import type { Tracked } from './tracked.ts';

/** A trial that cannot be sent at all does not keep the others from being sent. @throws faults that concern them too */
function notSent(dir: string, error: unknown): Sent {
  const isOwn = error instanceof MlflowError || error instanceof MedganError;
  if (!isOwn || error instanceof FolderBusy || isServerGone(error)) throw error;
  return { points: 0, files: 0, leftovers: [{ dir, part: 'run', error }] };
}

interface SyncOptions extends RunSyncOptions {
  readonly checkpoints?: boolean;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Given while training goes on: how the load of the machine is sampled, where that is asked for. */
  readonly sampling?: SystemSampling;
}

/** What a pass has sent of a target and its trials. */
export interface PassReport extends Sent {
  readonly runs: number;
  readonly experimentId: string;
  /** The target's own run; absent if it cannot be sent, as after it was deleted in MLflow. */
  readonly runId?: string;
}

/** Whether a control file asks for the load of the machine. */
const wantsSystemMetrics = (control: { readonly mlflow?: unknown } | undefined): boolean =>
  (control?.mlflow as MlflowKeys | undefined)?.system_metrics === true;

/** Between two looks at whether another process has made the study's run. */
const LOOK_AGAIN = 200;

/**
 * A run, or a study with its trials, on a server. A study is a parent run and its trials are children of it, whoever
 * sends them: a trial alone finds its parent by the study folder's key, or makes it.
 */
export class TargetSync {
  readonly #server: TrackingServer;
  readonly #target: Target;
  readonly #options: SyncOptions;
  readonly #open = new Map<string, RunSync>();
  /** Samples for the target's own run. */
  readonly #sampler: SystemSampler | undefined;

  constructor(server: TrackingServer, target: Target, options: SyncOptions) {
    this.#server = server;
    this.#target = target;
    this.#options = options;
    this.#sampler = options.sampling && new SystemSampler(target.dir, options.sampling);
  }

  /** Lets other processes send these folders. */
  async close(): Promise<void> {
    for (const sync of this.#open.values()) await sync.close();
    this.#open.clear();
  }

  /** Sends what is missing. `isAlive`: the process that runs the study's trials is still there. */
  async pass({ isAlive }: { isAlive: boolean }): Promise<PassReport> {
    const study = await studyFor(this.#target);
    await this.#sample(study, isAlive);
    const to = await this.#server.destination(study?.record.experiment, this.#options.signal);
    if (this.#target.kind === 'study') return this.#passStudy(study!, to, isAlive);
    const tracked = await this.#read(this.#target.dir, study);
    const parentRunId = study && (await this.#parentOf(study, to));
    const { sync, sent } = await this.#send(to, tracked, parentRunId);
    return { ...sent, runs: 1, experimentId: to.experimentId, runId: sync.runId };
  }

  async #sample(study: StudyFolder | undefined, isAlive: boolean): Promise<void> {
    const { sampling } = this.#options;
    if (!sampling) return;
    const isWanted =
      sampling.always ||
      (this.#target.kind === 'study'
        ? study!.record.trials.some(({ config }) => wantsSystemMetrics(config))
        : wantsSystemMetrics((await readRunRecord(this.#target.dir)).control));
    if (isWanted) await this.#sampler!.sample({ isLast: !isAlive });
  }

  #read(dir: string, study: StudyFolder | undefined): Promise<Tracked> {
    const { checkpoints = false } = this.#options;
    return study ? readTrial(dir, study, { checkpoints }) : readTrackedRun(dir, { checkpoints });
  }

  async #passStudy(study: StudyFolder, to: OpenDestination, isAlive: boolean): Promise<PassReport> {
    const trials: Tracked[] = [];
    for (const dir of trialDirs(study)) trials.push(await this.#read(dir, study));
    const tracked = await readTrackedStudy(study, { trials, isAlive });
    const leftovers: Leftover[] = [];
    const parent = await this.#syncOf(to, { tracked }).catch((error: unknown) => {
      leftovers.push(...notSent(study.dir, error).leftovers);
      return undefined;
    });
    let [points, files] = [0, 0];
    for (const trial of trials) {
      const sent = await this.#sendTrial(to, trial, parent?.runId).catch((error: unknown) =>
        notSent(trial.dir, error),
      );
      points += sent.points;
      files += sent.files;
      leftovers.push(...sent.leftovers);
    }
    const own = await parent?.pass(tracked);
    return {
      points: points + (own?.points ?? 0),
      files: files + (own?.files ?? 0),
      leftovers: [...leftovers, ...(own?.leftovers ?? [])],
      runs: trials.length + 1,
      experimentId: to.experimentId,
      ...(parent && { runId: parent.runId }),
    };
  }

  /** A trial that is trained anew while its study is followed is another run from then on. */
  async #sendTrial(to: OpenDestination, trial: Tracked, parentRunId: string | undefined): Promise<Sent> {
    try {
      return (await this.#send(to, trial, parentRunId)).sent;
    } catch (error) {
      if (!(error instanceof FolderReplaced)) throw error;
      await this.#open.get(trial.dir)?.close();
      this.#open.delete(trial.dir);
      return (await this.#send(to, trial, parentRunId)).sent;
    }
  }

  async #send(
    to: OpenDestination,
    tracked: Tracked,
    parentRunId: string | undefined,
  ): Promise<{ sync: RunSync; sent: Sent }> {
    const sync = await this.#syncOf(to, { tracked, parentRunId });
    return { sync, sent: await sync.pass(tracked, parentRunId) };
  }

  async #syncOf(
    to: OpenDestination,
    of: { tracked: Tracked; parentRunId?: string | undefined },
  ): Promise<RunSync> {
    const { dir } = of.tracked;
    const known = this.#open.get(dir);
    if (known) return known;
    const opened = await RunSync.open(to, of, this.#options);
    this.#open.set(dir, opened);
    return opened;
  }

  /** The study's run, made by the first of its trials' processes that comes here; the others wait for it. */
  async #parentOf(study: StudyFolder, to: OpenDestination): Promise<string> {
    for (;;) {
      const known = await readCursor(study.dir, to);
      if (known) return known.runId;
      const tracked = await readTrackedStudy(study, { trials: [], isAlive: true });
      const made = await RunSync.open(to, { tracked }, this.#options).catch((error: unknown) => {
        if (error instanceof FolderBusy) return undefined;
        throw error;
      });
      if (made) {
        await made.close();
        return made.runId;
      }
      this.#options.signal?.throwIfAborted();
      await this.#options.sleep(LOOK_AGAIN);
    }
  }
}
