import { MedganError } from '@medgan/files';

/** A learning rate that rises linearly, and then falls by a half cosine (Loshchilov, Hutter 2017). */
export interface CosineSchedule {
  /** The highest learning rate. */
  readonly peak: number;
  /** Steps until it is reached. */
  readonly warmUp: number;
  /** Steps of the whole training. */
  readonly steps: number;
  /** The learning rate of the last step. Default 0. */
  readonly final?: number;
}

/**
 * The learning rate of the `step`-th step, from 1 on: peak · step / warmUp until `warmUp`, then down to `final` at `steps`.
 *
 * @throws MedganError for a step that the schedule does not have, or a warm-up longer than the training
 */
export function learningRateAt({ peak, warmUp, steps, final = 0 }: CosineSchedule, step: number): number {
  if (warmUp > steps) throw new MedganError(`a warm-up of ${warmUp} steps in a training of ${steps}`);
  if (step < 1 || step > steps) throw new MedganError(`step ${step} of a training of ${steps} steps`);
  if (step <= warmUp) return (peak * step) / warmUp;
  const progress = (step - warmUp) / (steps - warmUp);
  return final + ((peak - final) * (1 + Math.cos(Math.PI * progress))) / 2;
}
