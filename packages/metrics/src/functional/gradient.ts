import type { Plane } from './plane.ts';

/**
 * Squared gradient magnitude of every pixel under Prewitt's operator (a third of its integer weights), zeros beyond the
 * edge. `plane` has a border of at least 1; `out` holds height × width values, without a border.
 */
export function squaredPrewitt(plane: Plane, out: Float32Array): void {
  const { height, width, stride, origin, data } = plane;
  let to = 0;
  for (let row = 0; row < height; row++) {
    let middle = origin + row * stride - 1;
    let above = middle - stride;
    let below = middle + stride;
    // Sums and differences down the columns left of and at the pixel; the window then slides by one column.
    let leftSum = data[above]! + data[middle]! + data[below]!;
    let leftDifference = data[above]! - data[below]!;
    above++;
    middle++;
    below++;
    let sum = data[above]! + data[middle]! + data[below]!;
    let difference = data[above]! - data[below]!;
    for (let column = 0; column < width; column++) {
      above++;
      middle++;
      below++;
      const top = data[above]!;
      const bottom = data[below]!;
      const rightSum = top + data[middle]! + bottom;
      const rightDifference = top - bottom;
      const across = leftSum - rightSum;
      const down = leftDifference + difference + rightDifference;
      out[to++] = (across * across + down * down) / 9;
      leftSum = sum;
      sum = rightSum;
      leftDifference = difference;
      difference = rightDifference;
    }
  }
}
