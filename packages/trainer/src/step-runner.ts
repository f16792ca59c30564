import type { Program, Values } from '@medgan/engine';
import { normalise, type Rng } from '@medgan/plugin-api';
import { streamOf, type ReadBatch } from './batches.ts';
import type { Position } from './checkpoint.ts';
import type { Gan } from './gan.ts';
import { drawInputs } from './step-inputs.ts';
import { AUXILIARY_LOSS, STEP_OUTPUTS, type Updates } from './step.ts';

/** Losses and probabilities of one step, by log key. */
export type StepValues = Readonly<
  Record<(typeof STEP_OUTPUTS)[number], number> & Partial<Record<typeof AUXILIARY_LOSS, number>>
>;

/** A step that is done. */
export interface TrainedStep extends Position {
  readonly values: StepValues;
}

/** Figures of an evaluation, by log key; a step that is not evaluated has none. */
export type MetricValues = Readonly<Record<`metric/${string}`, number>>;

/** Everything that may be logged of one step. */
export type LoggedValues = StepValues & MetricValues;

/** Runs training steps, with compiled programs for each batch size: the full one, and the last, smaller one of an epoch. */
export class StepRunner {
  readonly #gan: Gan;
  readonly #rng: Rng;
  readonly #updates: number;
  readonly #programs = new Map<string, Promise<Program>>();
  /** The images of a series, filled anew for each: programs keep nothing of what they are given. */
  #real: Float32Array<ArrayBuffer>[] = [];

  constructor(gan: Gan, rng: Rng) {
    this.#gan = gan;
    this.#rng = rng;
    this.#updates = gan.spec.discriminatorSteps ?? 1;
  }

  #program(update: keyof Updates, batchSize: number): Promise<Program> {
    const key = `${update}/${batchSize}`;
    const known = this.#programs.get(key);
    if (known) return known;
    const { step, inputs } = this.#gan.updates[update];
    const made = this.#gan.engine.compile(step, inputs(batchSize));
    this.#programs.set(key, made);
    return made;
  }

  async #train(
    update: keyof Updates,
    size: number,
    series: readonly { readonly rng: Rng; readonly given?: Record<string, Values> }[],
  ): Promise<Record<string, Values>[]> {
    const program = await this.#program(update, size);
    const inputs = this.#gan.updates[update].inputs(size);
    return program.runSeries(series.map(({ rng, given }) => ({ ...given, ...drawInputs(inputs, rng) })));
  }

  /** Compiles for this batch size; nothing is trained. */
  async prepare(batchSize: number): Promise<void> {
    const needed = this.#updates === 1 ? (['both'] as const) : (['discriminator', 'generator'] as const);
    for (const update of needed) await this.#program(update, batchSize);
  }

  /**
   * Trains on batches of one size, in order. Resolves with the steps that are done, those whose generator has learned
   * too: each batch is one, or the last of several is. Of several updates of the discriminator, the last one is returned.
   */
  async run(series: readonly ReadBatch[]): Promise<TrainedStep[]> {
    const size = series[0]!.indices.length;
    const given = series.map((batch, i) => ({
      rng: streamOf(this.#rng, batch),
      given: { real: normalise(batch.pixels, this.#realAt(i, batch.pixels.length)) },
    }));
    if (this.#updates === 1) {
      const outputs = await this.#train('both', size, given);
      return series.map(({ step, epoch }, i) => ({ step, epoch, values: valuesOf(outputs[i]!) }));
    }
    const discriminator = (await this.#train('discriminator', size, given)).at(-1);
    const { step, epoch, update } = series.at(-1)!;
    if (update < this.#updates) return [];
    const [generator] = await this.#train('generator', size, [
      { rng: this.#rng.split(`step/${step}/generator`) },
    ]);
    return [{ step, epoch, values: valuesOf({ ...discriminator, ...generator }) }];
  }

  #realAt(i: number, length: number): Float32Array<ArrayBuffer> {
    if (this.#real[i]?.length !== length) this.#real[i] = new Float32Array(length);
    return this.#real[i];
  }
}

function valuesOf(outputs: Readonly<Record<string, Values>>): StepValues {
  const keys = outputs[AUXILIARY_LOSS] ? [...STEP_OUTPUTS, AUXILIARY_LOSS] : STEP_OUTPUTS;
  return Object.fromEntries(keys.map((key) => [key, outputs[key]![0]!])) as StepValues;
}
