/** A Gaussian of `size` taps around its middle, summing to 1. */
export function gaussianWindow(size: number, sigma: number): Float64Array {
  const middle = (size - 1) / 2;
  const taps = Float64Array.from({ length: size }, (_, i) =>
    Math.exp(-((i - middle) ** 2) / (2 * sigma * sigma)),
  );
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return taps.map((tap) => tap / sum);
}
