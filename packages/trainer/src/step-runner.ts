import type { Program, Values } from '@medgan/engine';
import { normalise, type Rng } from '@medgan/plugin-api';
import type { Gan } from './gan.ts';
import type { ReadBatch } from './read-ahead.ts';
import { STEP_OUTPUTS, stepInputs } from './step.ts';

/** Losses and probabilities of one step, by log key. */
export type StepValues = Readonly<Record<(typeof STEP_OUTPUTS)[number], number>>;

/** Figures of an evaluation, by log key; a step that is not evaluated has none. */
export type MetricValues = Readonly<Record<`metric/${string}`, number>>;

/** Everything that may be logged of one step. */
export type LoggedValues = StepValues & MetricValues;

/** Runs training steps, with one compiled program a batch size: the full one, and the last, smaller one of an epoch. */
export class StepRunner {
  readonly #gan: Gan;
  readonly #rng: Rng;
  readonly #programs = new Map<number, Promise<Program>>();

  constructor(gan: Gan, rng: Rng) {
    this.#gan = gan;
    this.#rng = rng;
  }

  #program(batchSize: number): Promise<Program> {
    const known = this.#programs.get(batchSize);
    if (known) return known;
    const { step, spec, engine } = this.#gan;
    const made = engine.compile(step, stepInputs(spec, spec.sizes, batchSize));
    this.#programs.set(batchSize, made);
    return made;
  }

  /** Compiles for this batch size; nothing is trained. */
  async prepare(batchSize: number): Promise<void> {
    await this.#program(batchSize);
  }

  async run({ step, indices, pixels }: ReadBatch): Promise<StepValues> {
    const { latentSize } = this.#gan.spec.sizes;
    const n = indices.length;
    const real = normalise(pixels);
    const rng = this.#rng.split(`step/${step}`);
    const inputs: Record<string, Values> = { real, latent: rng.split('latent').normals(n * latentSize) };
    if (this.#gan.spec.objective.penalty) inputs['mix'] = rng.split('mix').uniforms(n);
    const outputs = await (await this.#program(n)).run(inputs);
    return Object.fromEntries(STEP_OUTPUTS.map((key) => [key, outputs[key]![0]!])) as StepValues;
  }
}
