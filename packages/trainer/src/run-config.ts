import type { Labels, NetworkSizes } from '@medgan/plugin-api';
import type { DiffAugmentation } from './diff-augment.ts';

/** How large the networks are and how they learn. */
export interface GanSettings {
  readonly sizes: NetworkSizes;
  readonly labels: Labels;
  readonly learningRate: { readonly generator: number; readonly discriminator: number };
  readonly beta1: number;
  /** Absent = 0.999. */
  readonly beta2?: number;
  /** Updates of the discriminator in a step, each on a batch of its own; absent = 1. */
  readonly discriminatorSteps?: number;
  /** γ of the R1 penalty; absent = none. */
  readonly r1?: number;
  /** How the images are augmented wherever the discriminator sees them, in this order; absent = not. */
  readonly diffAugment?: readonly DiffAugmentation[];
  /** Decay of the generator's averaged weights, with which all images are drawn; absent = none are kept. */
  readonly ema?: number;
}

/** Everything that decides a run's numbers; an absent property has the default that its comment names. Saved with the run as `config.yaml`. */
export interface RunConfig extends GanSettings {
  readonly architecture: { readonly name: string; readonly options: object };
  readonly objective: { readonly name: string; readonly options: object };
  readonly batchSize: number;
  readonly epochs: number;
  /** Stop after this many steps, even inside an epoch. */
  readonly maxSteps?: number;
  readonly seed: number;
  /** Fixed-noise images drawn at every sampling. */
  readonly sampleCount: number;
  readonly cadence: Cadence;
  /** Changes of the training images, in order; absent = none. */
  readonly augment?: readonly { readonly name: string; readonly options: object }[];
  /** The figure that decides which checkpoint is the best; only where the run is evaluated while it trains. */
  readonly bestMetric?: string;
}

/** How often things happen, in steps. */
export interface Cadence {
  readonly logEvery: number;
  readonly sampleEvery: number;
  readonly checkpointEvery: number;
  /** So many of the newest checkpoints stay, and the best one beside them. */
  readonly keepCheckpoints: number;
  /** Undefined = never. */
  readonly evaluateEvery?: number;
}

/** Batches of one epoch; the last, smaller one counts. */
export const batchesPerEpoch = (config: Pick<RunConfig, 'batchSize'>, images: number): number =>
  Math.ceil(images / config.batchSize);

/** Steps of the whole run: the last one is the step in which the last epoch ends. */
export function totalSteps(
  config: Pick<RunConfig, 'batchSize' | 'epochs' | 'maxSteps' | 'discriminatorSteps'>,
  images: number,
): number {
  const batches = config.epochs * batchesPerEpoch(config, images);
  return Math.min(Math.ceil(batches / (config.discriminatorSteps ?? 1)), config.maxSteps ?? Infinity);
}
