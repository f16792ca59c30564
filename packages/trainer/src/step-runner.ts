import type { Program, Values } from '@medgan/engine';
import { normalise, type Rng } from '@medgan/plugin-api';
import { streamOf } from './batches.ts';
import type { Gan } from './gan.ts';
import type { ReadBatch } from './read-ahead.ts';
import { drawInputs } from './step-inputs.ts';
import { AUXILIARY_LOSS, STEP_OUTPUTS, type Updates } from './step.ts';

/** Losses and probabilities of one step, by log key. */
export type StepValues = Readonly<
  Record<(typeof STEP_OUTPUTS)[number], number> & Partial<Record<typeof AUXILIARY_LOSS, number>>
>;

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
  /** The images of a batch, filled anew for each: programs keep nothing of what they are given. */
  #real = new Float32Array(0);

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
    { size, rng, given }: { size: number; rng: Rng; given?: Record<string, Values> },
  ): Promise<Record<string, Values>> {
    const drawn = drawInputs(this.#gan.updates[update].inputs(size), rng);
    return (await this.#program(update, size)).run({ ...given, ...drawn });
  }

  /** Compiles for this batch size; nothing is trained. */
  async prepare(batchSize: number): Promise<void> {
    const needed = this.#updates === 1 ? (['both'] as const) : (['discriminator', 'generator'] as const);
    for (const update of needed) await this.#program(update, batchSize);
  }

  /**
   * Trains on one batch. Resolves with the values of its step once the generator has learned too, with undefined while
   * the discriminator has more batches of the step to come. Of its several updates, the last one is told.
   */
  async run(batch: ReadBatch): Promise<StepValues | undefined> {
    const size = batch.indices.length;
    const rng = streamOf(this.#rng, batch);
    if (this.#real.length !== batch.pixels.length) this.#real = new Float32Array(batch.pixels.length);
    const given = { real: normalise(batch.pixels, this.#real) };
    if (this.#updates === 1) return valuesOf(await this.#train('both', { size, rng, given }));
    const discriminator = await this.#train('discriminator', { size, rng, given });
    if (batch.update < this.#updates) return undefined;
    const own = this.#rng.split(`step/${batch.step}/generator`);
    return valuesOf({ ...discriminator, ...(await this.#train('generator', { size, rng: own })) });
  }
}

function valuesOf(outputs: Readonly<Record<string, Values>>): StepValues {
  const keys = outputs[AUXILIARY_LOSS] ? [...STEP_OUTPUTS, AUXILIARY_LOSS] : STEP_OUTPUTS;
  return Object.fromEntries(keys.map((key) => [key, outputs[key]![0]!])) as StepValues;
}
