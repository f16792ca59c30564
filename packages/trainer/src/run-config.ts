import type { Labels, NetworkSizes } from '@medgan/plugin-api';

/** Everything that decides a run's numbers, with every default filled in. Saved with the run as `config.yaml`. */
export interface RunConfig {
  readonly architecture: { readonly name: string; readonly options: object };
  readonly objective: { readonly name: string; readonly options: object };
  readonly sizes: NetworkSizes;
  readonly labels: Labels;
  readonly learningRate: { readonly generator: number; readonly discriminator: number };
  readonly beta1: number;
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

/** Steps of one epoch; the last, smaller batch counts. */
export const stepsPerEpoch = (config: Pick<RunConfig, 'batchSize'>, images: number): number =>
  Math.ceil(images / config.batchSize);

/** Steps of the whole run. */
export function totalSteps(
  config: Pick<RunConfig, 'batchSize' | 'epochs' | 'maxSteps'>,
  images: number,
): number {
  return Math.min(config.epochs * stepsPerEpoch(config, images), config.maxSteps ?? Infinity);
}
