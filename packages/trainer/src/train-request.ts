import type { Clock, PackedImages, Rng } from '@medgan/plugin-api';
import type { ChosenAugmentation } from './augment-batch.ts';
import type { Evaluation } from './evaluation.ts';
import type { Position } from './checkpoint.ts';
import type { Gan } from './gan.ts';
import type { PictureListener } from './picture-listener.ts';
import type { Reporter } from './progress.ts';
import type { RunConfig } from './run-config.ts';

/** What a run needs. The run folder exists and holds the configuration already. */
export interface TrainRequest {
  readonly gan: Gan;
  readonly config: RunConfig;
  readonly images: PackedImages;
  readonly runDir: string;
  readonly rng: Rng;
  readonly clock: Clock;
  readonly reporter: Reporter;
  /** Draws charts and grids where samples are written. */
  readonly pictures?: PictureListener;
  /** Judges the images every `cadence.evaluateEvery` steps. */
  readonly evaluation?: Evaluation;
  /** Changes of the training images, in this order; those that `config.augment` names. */
  readonly augmentations?: readonly ChosenAugmentation[];
  /** A checkpoint already restored into `gan`, to go on from. */
  readonly resumeFrom?: { readonly position: Position; readonly path: string };
  /** Aborting it ends the run after the step in progress, with a checkpoint. */
  readonly signal?: AbortSignal;
}
