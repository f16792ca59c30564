import { MedganError } from '@medgan/files';

/** Classes of images, true and predicted, as indices from 0. */
export interface Predictions {
  readonly labels: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
  /** Number of classes. */
  readonly classes: number;
  /** How often each image counts; once when left out. */
  readonly weights?: ArrayLike<number> | undefined;
}

/** Weight of the images by true class (rows) and predicted class (columns). @throws MedganError for an unknown class */
export function confusionMatrix({ labels, predicted, classes, weights }: Predictions): number[][] {
  if (labels.length !== predicted.length) {
    throw new MedganError(`${labels.length} classes are compared with ${predicted.length} predicted ones`);
  }
  const matrix = Array.from({ length: classes }, () => Array<number>(classes).fill(0));
  for (let i = 0; i < labels.length; i++) {
    const row = matrix[labels[i]!];
    if (row?.[predicted[i]!] === undefined) {
      throw new MedganError(`image ${i}: classes ${labels[i]} and ${predicted[i]}, not 0 to ${classes - 1}`);
    }
    row[predicted[i]!]! += weights ? weights[i]! : 1;
  }
  return matrix;
}

/** The mean over the classes of the share of its images that is recognised; classes without images do not count. */
export function balancedAccuracy(matrix: readonly (readonly number[])[]): number | undefined {
  let [sum, counted] = [0, 0];
  matrix.forEach((row, k) => {
    const total = row.reduce((a, b) => a + b, 0);
    if (total === 0) return;
    sum += row[k]! / total;
    counted++;
  });
  return counted === 0 ? undefined : sum / counted;
}
