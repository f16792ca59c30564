import type { BatchReport, Labels, Metric, Run } from 'mlflow-ts-client';
import { defined, MedganError, takeLock } from '@medgan/files';
import { cursorPath, hashOf, newCursor, readCursor, writeCursor, type Cursor } from './cursor.ts';
import type { OpenDestination } from './destination.ts';
import { trackedName } from './flatten.ts';
import { folderKey, knownKey, trackingDir } from './folder-key.ts';
import { pointsOf, pointsOfPace } from './log-points.ts';
import { paceOf } from './pace.ts';
import { missing, stepsBeyond, type KnownSteps } from './points-on-server.ts';
import type { Leftover, Part } from './leftovers.ts';
import { LOG_START, readLog } from './read-log.ts';
import { sendFiles } from './send-files.ts';
import { sendModel } from './send-model.ts';
import { FolderBusy, FolderReplaced, isOfPart, unlessGone, unlessUnknownCall } from './sync-faults.ts';
import { sendSystemPoints } from './system-load.ts';
import type { Tracked } from './tracked.ts';

export interface RunSyncOptions {
  readonly signal?: AbortSignal;
  /** Distrust the cursor: read back all that the server has, and send what it lacks. */
  readonly verify?: boolean;
}

/** What one pass has sent, and what could not be sent. */
export interface Sent {
  readonly points: number;
  readonly files: number;
  readonly leftovers: readonly Leftover[];
}

/**
 * One run or study folder on one server. Holds the folder's tracking lock until it is closed. Every pass reads what the
 * folder says now and sends what the server lacks; the cursor is written when the server has confirmed, so a pass that
 * is cut off anywhere is taken up by the next one.
 */
export class RunSync {
  readonly #to: OpenDestination;
  readonly #dir: string;
  readonly #key: string;
  readonly #options: RunSyncOptions;
  readonly #unlock: () => Promise<void>;
  #cursor: Cursor;
  #run: Run;
  /** What the server has beyond the cursor; undefined when that is to be looked up: at first, and after a failure. */
  #known: KnownSteps | undefined;

  private constructor(
    to: OpenDestination,
    place: { dir: string; key: string; unlock: () => Promise<void>; cursor: Cursor; run: Run },
    options: RunSyncOptions,
  ) {
    this.#to = to;
    this.#dir = place.dir;
    this.#key = place.key;
    this.#unlock = place.unlock;
    this.#run = place.run;
    this.#options = options;
    this.#cursor = options.verify
      ? withoutPace({ ...place.cursor, log: LOG_START, facts: '', dataset: '', figures: '' })
      : place.cursor;
  }

  /**
   * Finds the folder's run on the server, or makes it.
   * @throws FolderBusy when another process is sending this folder; MedganError when the run was deleted in MLflow.
   */
  static async open(
    to: OpenDestination,
    { tracked, parentRunId }: { tracked: Tracked; parentRunId?: string | undefined },
    options: RunSyncOptions = {},
  ): Promise<RunSync> {
    const { dir } = tracked;
    const lock = await takeLock(`${cursorPath(dir, to)}.lock`);
    if ('holder' in lock) {
      throw new FolderBusy(
        `${dir} is being sent to MLflow by process ${lock.holder.pid} on ${lock.holder.host}`,
        {
          cure: 'wait for it; it ends when all is sent',
        },
      );
    }
    try {
      const key = await folderKey(dir);
      const call = options.signal ? { signal: options.signal } : {};
      const known = await readCursor(dir, to);
      const found = known && (await to.client.runs.get(known.runId, call).catch(unlessGone));
      const run =
        found ??
        (await to.client.runs.create(to.experimentId, {
          runName: tracked.name,
          startTime: tracked.startTime,
          idempotencyKey: key,
          ...defined({ parentRunId }),
          ...call,
        }));
      if (run.info.lifecycleStage === 'deleted') {
        throw new MedganError(`${dir}: its run ${run.info.runId} was deleted in MLflow`, {
          cure: `restore it there, or remove ${trackingDir(dir)} to send the folder as a new run`,
        });
      }
      const cursor =
        known && found ? known : newCursor(to, { experimentId: to.experimentId, runId: run.info.runId });
      if (!found) await writeCursor(dir, cursor);
      return new RunSync(to, { dir, key, unlock: lock.release, cursor, run }, options);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  get runId(): string {
    return this.#cursor.runId;
  }

  close(): Promise<void> {
    return this.#unlock();
  }

  /**
   * Sends what the server lacks of the folder as it is now. A part that cannot be sent does not keep the others from
   * being sent; the status is last, so a run that has ended in MLflow holds all that could be sent.
   * @throws MlflowError if the server is not reached
   */
  async pass(tracked: Tracked, parentRunId?: string): Promise<Sent> {
    await this.#checkKey();
    const before = this.#cursor;
    const leftovers: Leftover[] = [];
    let files = 0;
    const part = async (name: Part, send: () => Promise<void>): Promise<void> => {
      try {
        await send();
      } catch (error) {
        if (!isOfPart(error)) throw error;
        leftovers.push({ dir: this.#dir, part: name, error });
      }
    };
    await part('settings', () => this.#sendSettings(tracked, parentRunId));
    await part('dataset', () => this.#sendDataset(tracked));
    await part('log', () => this.#sendLog(tracked));
    await part('figures', () => this.#sendFigures(tracked));
    await part('files', async () => {
      files = await this.#sendFiles(tracked);
    });
    await part('system', () => this.#sendSystem(tracked));
    await part('model', () => this.#sendModel(tracked));
    await part('status', () => this.#sendStatus(tracked));
    return { points: this.#cursor.points - before.points, files, leftovers };
  }

  get #call(): { signal?: AbortSignal } {
    return this.#options.signal ? { signal: this.#options.signal } : {};
  }

  /** Notes what the server has confirmed. */
  async #confirm(change: Partial<Cursor>): Promise<void> {
    await this.#checkKey();
    this.#cursor = { ...this.#cursor, ...change };
    await writeCursor(this.#dir, this.#cursor);
  }

  async #checkKey(): Promise<void> {
    if ((await knownKey(this.#dir)) === this.#key) return;
    throw new FolderReplaced(
      `${this.#dir} holds another run now; what was sent of the former one stays in MLflow`,
    );
  }

  /** Params cannot be changed on a server: a setting that a resumed run changed becomes a tag. */
  async #sendSettings(tracked: Tracked, parentRunId: string | undefined): Promise<void> {
    const { params } = tracked;
    const tags: Labels = {
      ...tracked.tags,
      'mlflow.runName': tracked.name,
      ...defined({ 'mlflow.parentRunId': parentRunId }),
      ...(this.#cursor.notFinite > 0 ? { 'medgan.not_finite': `${this.#cursor.notFinite} values` } : {}),
    };
    const facts = hashOf([params, tags]);
    if (facts === this.#cursor.facts) return;
    const { client } = this.#to;
    this.#run = await client.runs.get(this.runId, this.#call);
    const there = this.#run.params;
    const entries = Object.entries(params);
    const changed = entries.filter(([key, value]) => key in there && isOther(there[key]!, String(value)));
    await client.runs.logBatch(
      this.runId,
      {
        params: Object.fromEntries(entries.filter(([key]) => !(key in there))),
        tags: {
          ...tags,
          ...Object.fromEntries(changed.map(([key, value]) => [`medgan.now.${trackedName(key)}`, value])),
        },
      },
      this.#call,
    );
    await this.#confirm({ facts });
  }

  /** A server without datasets has the fingerprint of the images as a tag all the same. */
  async #sendDataset({ dataset }: Tracked): Promise<void> {
    if (dataset === undefined) return;
    const hash = hashOf(dataset);
    if (hash === this.#cursor.dataset) return;
    const { client } = this.#to;
    const { datasets } = await client.runs.get(this.runId, this.#call);
    if (!datasets.some((known) => known.dataset.digest === dataset.dataset.digest)) {
      await client.runs.logInputs(this.runId, [dataset], this.#call).catch(unlessUnknownCall);
    }
    await this.#confirm({ dataset: hash });
  }

  async #sendFiles(tracked: Tracked): Promise<number> {
    const { files, sent, fault } = await sendFiles(this.#to.client, this.#run, {
      tracked,
      sent: this.#cursor.files,
      ...this.#call,
    });
    if (sent > 0) await this.#confirm({ files });
    if (fault !== undefined) throw fault;
    return sent;
  }

  async #sendLog({ log }: Tracked): Promise<void> {
    if (log === undefined) return;
    for (;;) {
      const read = await readLog(log, this.#cursor.log);
      if (read.steps.length === 0) return;
      const pace = paceOf(read.steps, this.#cursor.pace);
      const report = await this.#sendPoints([...pointsOf(read.steps), ...pointsOfPace(pace.values)]);
      await this.#confirm({
        log: read.place,
        ...(pace.state && { pace: pace.state }),
        points: this.#cursor.points + report.sent + report.alreadyThere,
        notFinite: this.#cursor.notFinite + report.skipped.length,
      });
    }
  }

  async #sendPoints(
    points: readonly Metric[],
  ): Promise<Pick<BatchReport, 'sent' | 'alreadyThere' | 'skipped'>> {
    const { step } = this.#cursor.log;
    const known = this.#known ?? (await stepsBeyond(this.#to.client, this.runId, { step, ...this.#call }));
    const unknown = missing(points, known);
    this.#known = undefined;
    const report = await this.#to.client.runs.logBatch(this.runId, { metrics: unknown }, this.#call);
    this.#known = known;
    return { ...report, alreadyThere: report.alreadyThere + points.length - unknown.length };
  }

  /** An evaluation that is made again may give another value of the same step, so the latest values are compared. */
  async #sendFigures({ figures: all }: Tracked): Promise<void> {
    const figures = hashOf(all);
    if (all.length === 0 || figures === this.#cursor.figures) return;
    const { metrics } = await this.#to.client.runs.get(this.runId, this.#call);
    const latest = new Map(metrics.map((metric) => [metric.key, metric]));
    const fresh = all.filter(({ key, step, value }) => {
      const there = latest.get(key);
      return there?.value !== value || Number(there.step) !== step;
    });
    await this.#to.client.runs.logBatch(this.runId, { metrics: fresh }, this.#call);
    await this.#confirm({ figures });
  }

  async #sendSystem({ system }: Tracked): Promise<void> {
    if (system === undefined) return;
    const first = this.#cursor.system ?? 0;
    const next = await sendSystemPoints(this.#to.client, this.runId, { path: system, first, ...this.#call });
    if (next !== first) await this.#confirm({ system: next });
  }

  async #sendModel({ model, endTime }: Tracked): Promise<void> {
    if (model === undefined) return;
    const opened = await model.open();
    if (opened.key === this.#cursor.model) return;
    const { register } = model;
    await sendModel(this.#to.client, this.#run, {
      ...{ model: opened, endTime, ...defined({ register }) },
      ...this.#call,
    });
    await this.#confirm({ model: opened.key });
  }

  async #sendStatus({ status, endTime }: Tracked): Promise<void> {
    if (status === this.#cursor.status) return;
    await this.#to.client.runs.update(
      this.runId,
      status === 'RUNNING' ? { status } : { status, endTime },
      this.#call,
    );
    await this.#confirm({ status });
  }
}

/** A log that is read from its start has no pace yet. */
const withoutPace = ({ pace: _pace, ...cursor }: Cursor): Cursor => cursor;

/** Servers cut long values off. */
const isOther = (there: string, now: string): boolean =>
  there !== now && !now.startsWith(there.slice(0, 500));
