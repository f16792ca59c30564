/** Products added per sweep over the values. A window of 11 taps has 5 pairs and a middle: one sweep. */
const termsPerSweep = 6;

/**
 * A symmetric filter of n taps, as ⌈n/2⌉ terms weight · (value at `near` + value at `far`), padded to whole sweeps with
 * terms of weight 0. The middle tap of an odd filter is paired with itself, at half its weight.
 */
export interface SymmetricFilter {
  readonly taps: number;
  readonly weights: Float64Array;
  readonly near: Int32Array;
  readonly far: Int32Array;
}

/** @param window the taps, symmetric */
export function createSymmetricFilter(window: Float64Array): SymmetricFilter {
  const taps = window.length;
  const count = Math.ceil(taps / 2);
  const length = Math.ceil(count / termsPerSweep) * termsPerSweep;
  const weights = new Float64Array(length);
  for (let k = 0; k < count; k++) weights[k] = 2 * k === taps - 1 ? window[k]! / 2 : window[k]!;
  return { taps, weights, near: new Int32Array(length), far: new Int32Array(length) };
}

/** Makes tap k of the filter read `offset(k)` values after the value that it contributes to. */
export function placeTaps({ taps, near, far }: SymmetricFilter, offset: (tap: number) => number): void {
  for (let k = 0; 2 * k < taps; k++) {
    near[k] = offset(k);
    far[k] = offset(taps - 1 - k);
  }
}

/** Fills `to` with the filtered values of `from`. */
export function applyFilter(
  from: Float64Array,
  to: Float64Array,
  { weights, near, far }: SymmetricFilter,
): void {
  for (let t = 0; t < weights.length; t += termsPerSweep) {
    const w0 = weights[t]!;
    const w1 = weights[t + 1]!;
    const w2 = weights[t + 2]!;
    const w3 = weights[t + 3]!;
    const w4 = weights[t + 4]!;
    const w5 = weights[t + 5]!;
    const n0 = near[t]!;
    const n1 = near[t + 1]!;
    const n2 = near[t + 2]!;
    const n3 = near[t + 3]!;
    const n4 = near[t + 4]!;
    const n5 = near[t + 5]!;
    const f0 = far[t]!;
    const f1 = far[t + 1]!;
    const f2 = far[t + 2]!;
    const f3 = far[t + 3]!;
    const f4 = far[t + 4]!;
    const f5 = far[t + 5]!;
    for (let i = 0; i < to.length; i++) {
      const sum =
        w0 * (from[n0 + i]! + from[f0 + i]!) +
        w1 * (from[n1 + i]! + from[f1 + i]!) +
        w2 * (from[n2 + i]! + from[f2 + i]!) +
        w3 * (from[n3 + i]! + from[f3 + i]!) +
        w4 * (from[n4 + i]! + from[f4 + i]!) +
        w5 * (from[n5 + i]! + from[f5 + i]!);
      to[i] = t === 0 ? sum : to[i]! + sum;
    }
  }
}
