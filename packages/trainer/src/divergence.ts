import { nonFiniteText, nonFiniteValue } from './finite.ts';
import type { Gan } from './gan.ts';
import type { Reporter } from './progress.ts';
import type { TrainedStep } from './step-runner.ts';

/** What helps, in the words of the control file. */
const CURE =
  'lower learning_rate, or try another objective or beta_adam; evaluate_every: keeps the best checkpoint';

/** The first weight of a GAN that is NaN or infinite, as `generator main.0.weight holds NaN`. */
async function nonFiniteWeight(gan: Gan): Promise<string | undefined> {
  const stores = { generator: gan.generatorParameters, discriminator: gan.discriminatorParameters };
  for (const [network, store] of Object.entries(stores)) {
    for (const { name, variable } of store.list()) {
      const value = nonFiniteValue(await gan.engine.read(variable));
      if (value !== undefined) return `${network} ${name} holds ${nonFiniteText(value)}`;
    }
  }
  return undefined;
}

/**
 * Watches a training for divergence. A loss that is not finite gives one warning. The training is over when a weight of
 * a network is not finite: every later step would be computed from it, and no such weights are saved.
 */
export class DivergenceWatch {
  readonly #gan: Gan;
  readonly #reporter: Reporter;
  #warned = false;
  #reason: string | undefined;

  constructor(gan: Gan, reporter: Reporter) {
    this.#gan = gan;
    this.#reporter = reporter;
  }

  /** Why the training is over; undefined as long as all weights are finite, as far as was looked. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** Looks at the losses of steps that are done, and at the weights if a loss is not finite. */
  async see(trained: readonly TrainedStep[]): Promise<void> {
    for (const { step, values } of trained) {
      const broken = Object.entries(values).find(([, value]) => !Number.isFinite(value));
      if (!broken) continue;
      const [key, value] = broken;
      const what = `${key} is ${nonFiniteText(value)} at step ${step}`;
      await this.#look(step, what);
      this.#warn(what);
      return;
    }
  }

  /** Looks at the weights after a step. Returns whether they are finite and may be saved. */
  async allowsSaving(step: number): Promise<boolean> {
    await this.#look(step, undefined);
    if (this.#reason !== undefined) this.#warn(this.#reason);
    return this.#reason === undefined;
  }

  async #look(step: number, what: string | undefined): Promise<void> {
    if (this.#reason !== undefined) return;
    const weight = await nonFiniteWeight(this.#gan);
    if (weight !== undefined) this.#reason = what ?? `${weight} after step ${step}`;
  }

  #warn(what: string): void {
    if (this.#warned) return;
    this.#warned = true;
    const end = this.#reason === undefined ? '' : '; it ends here, and the checkpoints before it are kept';
    this.#reporter.onWarning?.(`${what}: the training diverged${end}\n  cure: ${CURE}`);
  }
}
