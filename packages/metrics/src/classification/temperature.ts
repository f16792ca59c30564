import { MedganError } from '@medgan/files';

/** Logits of images, a row of `classes` per image, with the true classes as indices from 0. */
export interface LabelledLogits {
  readonly logits: ArrayLike<number>;
  readonly labels: ArrayLike<number>;
  readonly classes: number;
}

/** Temperatures that are tried. At a border, the validation part is too small or recognised without an error. */
export const TEMPERATURE_RANGE: readonly [number, number] = [0.05, 20];

/** Derivative of the mean negative log likelihood by β = 1 / T, which rises with β. */
function slopeAt({ logits, labels, classes }: LabelledLogits, beta: number): number {
  let sum = 0;
  for (let i = 0; i < labels.length; i++) {
    const row = i * classes;
    let top = -Infinity;
    for (let k = 0; k < classes; k++) top = Math.max(top, logits[row + k]!);
    let [norm, weighted] = [0, 0];
    for (let k = 0; k < classes; k++) {
      const z = logits[row + k]! - top;
      const e = Math.exp(beta * z);
      norm += e;
      weighted += e * z;
    }
    sum += weighted / norm - (logits[row + labels[i]!]! - top);
  }
  return sum / labels.length;
}

/**
 * The temperature T that makes softmax(logits / T) most likely (Guo et al. 2017), within `TEMPERATURE_RANGE`. The loss is
 * convex in 1 / T, so that the zero of its derivative is found by bisection to the last digit.
 *
 * @throws MedganError without images, or for logits that do not fit the labels
 */
export function fitTemperature(data: LabelledLogits): number {
  const { logits, labels, classes } = data;
  if (labels.length === 0) throw new MedganError('a temperature is fitted to no images');
  if (logits.length !== labels.length * classes) {
    throw new MedganError(`${logits.length} logits for ${labels.length} images of ${classes} classes`);
  }
  const [coldest, hottest] = TEMPERATURE_RANGE;
  let [low, high] = [1 / hottest, 1 / coldest];
  if (slopeAt(data, low) >= 0) return hottest;
  if (slopeAt(data, high) <= 0) return coldest;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return 1 / middle;
    if (slopeAt(data, middle) < 0) low = middle;
    else high = middle;
  }
}
