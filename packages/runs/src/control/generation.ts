import type { EngineName } from '@medgan/engine';
import type { WhichWeights } from '@medgan/trainer';

/** Images to draw from a generator, and with what: what `medgan generate` and `arch: Generator` ask for. */
export interface Generation {
  /** Weights, a checkpoint or a run. */
  readonly checkpoint: string;
  readonly count: number;
  readonly seed: number;
  readonly out: string;
  /** All images on one sheet too. */
  readonly grid: boolean;
  /** Steps from one latent to the next. */
  readonly interpolate?: number;
  /** Numbers of a latent beyond ± this are drawn again. */
  readonly truncation?: number;
  /** Batch norm by the statistics of the drawn batch, as the original has it. */
  readonly batchStatistics: boolean;
  /** Pixels per side that the weights must make. */
  readonly imageSize?: number;
  readonly arch?: string;
  /** Which state dict, or which module of one, of a PyTorch file with several. */
  readonly key?: string;
  /** Which file of a .zip with several. */
  readonly entry?: string;
  /** Go on where weights or images are NaN or infinite. */
  readonly allowNan?: boolean;
  readonly weights?: WhichWeights;
  readonly threads?: number;
  /** Replace the images of an earlier generation. */
  readonly force: boolean;
  /** In order of preference. */
  readonly engines: readonly EngineName[];
  readonly wantsGpu: boolean;
}
