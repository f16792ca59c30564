/** A line through points: `xs` ascending; a NaN in `ys` is a gap. */
export interface Trace {
  readonly xs: readonly number[];
  readonly ys: readonly number[];
}

/**
 * The exponential mean over about `span` points (weight 2 / (span + 1)), corrected for its start as Adam's moments are.
 * Gaps stay gaps and are not averaged in.
 */
export function smooth(ys: readonly number[], span: number): number[] {
  const weight = 2 / (span + 1);
  let mean = 0;
  let total = 0;
  return ys.map((y) => {
    if (Number.isNaN(y)) return y;
    mean += weight * (y - mean);
    total += weight * (1 - total);
    return mean / total;
  });
}

/**
 * Thins a trace out so that it looks the same `buckets` columns wide: of each column the lowest and the highest point
 * stay, in their order, and at most one gap. A trace of at most 2 × buckets points is returned as it is.
 */
export function decimate(trace: Trace, buckets: number): Trace {
  const { xs, ys } = trace;
  if (xs.length <= 2 * buckets) return trace;
  const first = xs[0]!;
  const width = (xs.at(-1)! - first) / buckets || 1;
  const kept: { xs: number[]; ys: number[] } = { xs: [], ys: [] };
  const keep = (i: number): void => {
    kept.xs.push(xs[i]!);
    kept.ys.push(ys[i]!);
  };
  for (let start = 0; start < xs.length;) {
    const bucket = Math.floor((xs[start]! - first) / width);
    let [low, high, gap] = [-1, -1, -1];
    let i = start;
    for (; i < xs.length && Math.floor((xs[i]! - first) / width) === bucket; i++) {
      const y = ys[i]!;
      if (Number.isNaN(y)) gap = i;
      else {
        if (low < 0 || y < ys[low]!) low = i;
        if (high < 0 || y > ys[high]!) high = i;
      }
    }
    if (low >= 0) keep(Math.min(low, high));
    if (high !== low) keep(Math.max(low, high));
    if (gap >= 0) keep(gap);
    start = i;
  }
  return kept;
}

/** The value below which `share` (0…1) of `sorted` (ascending, not empty) lies, by linear interpolation. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  return below + (place - Math.floor(place)) * (sorted[Math.ceil(place)]! - below);
}
