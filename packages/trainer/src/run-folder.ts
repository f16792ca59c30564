import { join } from 'node:path';
import { defined, makeFolder } from '@medgan/files';
import { RUN_FILES } from '@medgan/plugin-api';
import { BestCheckpoint } from './best-checkpoint.ts';
import { writeCheckpoint } from './checkpoint.ts';
import { DivergenceWatch } from './divergence.ts';
import { RunLog } from './log.ts';
import { drawSamples } from './pictures.ts';
import type { ByteImages } from './byte-images.ts';
import { readStatus, writeStatus, type RunStatus } from './status.ts';
import type { TrainRequest } from './train-request.ts';

/** What a run leaves on disk while it trains: log, status, checkpoints and samples. */
export class RunFolder {
  readonly log: RunLog;
  readonly best: BestCheckpoint;
  readonly #request: TrainRequest;
  readonly #totalSteps: number;
  readonly #start: number;
  /** Steps that an earlier process has done, and its seconds up to them. */
  readonly #done: number;
  readonly #earlierSeconds: number;
  readonly #divergence: DivergenceWatch;
  #checkpoint: string | undefined;

  private constructor(
    request: TrainRequest,
    totalSteps: number,
    kept: { log: RunLog; best: BestCheckpoint; earlierSeconds: number },
  ) {
    ({ log: this.log, best: this.best } = kept);
    this.#earlierSeconds = kept.earlierSeconds;
    this.#request = request;
    this.#totalSteps = totalSteps;
    this.#start = request.clock.monotonic();
    this.#done = request.resumeFrom?.position.step ?? 0;
    this.#checkpoint = request.resumeFrom?.path;
    this.#divergence = new DivergenceWatch(request.gan, request.reporter);
  }

  static async open(request: TrainRequest, totalSteps: number): Promise<RunFolder> {
    const { runDir, config, resumeFrom } = request;
    const log = await RunLog.open(runDir, resumeFrom?.position.step ?? 0);
    await makeFolder(join(runDir, RUN_FILES.samples));
    const options = { ...request, every: config.cadence.evaluateEvery, totalSteps };
    const best = await BestCheckpoint.open(options, log.lines);
    // A damaged status costs the time of the earlier attempts, never the run.
    const status = resumeFrom ? await readStatus(runDir).catch(() => undefined) : undefined;
    const earlierSeconds = status?.seconds ?? 0;
    return new RunFolder(request, totalSteps, { log, best, earlierSeconds });
  }

  get divergence(): DivergenceWatch {
    return this.#divergence;
  }

  /** The newest checkpoint. */
  get checkpoint(): string | undefined {
    return this.#checkpoint;
  }

  /** Seconds that this process and those before it have had the run. */
  get seconds(): number {
    return this.#earlierSeconds + (this.#request.clock.monotonic() - this.#start) / 1000;
  }

  async writeStatus(state: RunStatus['state']): Promise<void> {
    const last = this.log.lines.at(-1);
    await writeStatus(this.#request.runDir, {
      state,
      step: last?.step ?? 0,
      totalSteps: this.#totalSteps,
      epoch: last?.epoch ?? 0,
      seconds: this.seconds,
      ...(this.best.record ? { best: this.best.record } : {}),
      ...(state === 'diverged' ? defined({ reason: this.#divergence.reason }) : {}),
    });
  }

  /**
   * Writes a checkpoint of the last step, where this process has done one. Weights that are not finite are not written:
   * the checkpoints before them stay the newest ones.
   */
  async save(): Promise<void> {
    const last = this.log.lines.at(-1);
    if (!last || last.step === this.#done) return;
    const { runDir, gan, config } = this.#request;
    await this.log.flush({ durable: true });
    if (!(await this.#divergence.allowsSaving(last.step))) return;
    this.#checkpoint = await writeCheckpoint(runDir, gan, { ...last, lastGood: this.#checkpoint });
    await this.best.prune(config.cadence.keepCheckpoints);
    await this.writeStatus('running');
  }

  /** Writes images of the last step. */
  async draw(images: ByteImages): Promise<void> {
    const { runDir, pictures } = this.#request;
    const grid = await drawSamples(runDir, images, this.log.lines.at(-1)!.step);
    this.#report([join(runDir, grid), ...((await pictures?.onSamples(this.log.lines)) ?? [])]);
  }

  /** Writes what a finished run shows. */
  async drawFinished(images: ByteImages): Promise<void> {
    await this.draw(images);
    const { pictures, images: real } = this.#request;
    this.#report((await pictures?.onFinished(real, images)) ?? []);
  }

  #report(paths: readonly string[]): void {
    for (const path of paths) this.#request.reporter.onFile(path);
  }
}
