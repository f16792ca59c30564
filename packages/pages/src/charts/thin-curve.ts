/** What a stretch of a curve was: its middle, mean and extremes. */
export interface CurvePoint {
  readonly x: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
}

/** One run's values over some axis, ascending. */
export interface Curve {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Points of a curve in a chart: one per three or four pixels of its width. */
export const BUCKETS = 160;

/**
 * Curves of several runs as at most `buckets` points: the axis is cut into stretches of equal length, and of each the
 * mean over the runs' means and the extremes of all values are kept, so that no spike is lost. Values that are no finite
 * numbers are left out, and stretches with none.
 */
export function thinCurves(curves: readonly Curve[], buckets: number): CurvePoint[] {
  const ends = curves.flatMap(({ x }) => [x[0] ?? Infinity, x.at(-1) ?? -Infinity]);
  const [from, to] = [Math.min(...ends), Math.max(...ends)];
  const width = (to - from) / buckets || 1;
  const parts = Array.from({ length: buckets }, (): { means: number[]; min: number; max: number } => ({
    means: [],
    min: Infinity,
    max: -Infinity,
  }));
  for (const curve of curves) {
    const sums = new Map<number, { sum: number; count: number }>();
    for (const [index, y] of curve.y.entries()) {
      if (!Number.isFinite(y)) continue;
      const bucket = Math.min(buckets - 1, Math.floor((curve.x[index]! - from) / width));
      const part = parts[bucket]!;
      part.min = Math.min(part.min, y);
      part.max = Math.max(part.max, y);
      const known = sums.get(bucket) ?? { sum: 0, count: 0 };
      sums.set(bucket, { sum: known.sum + y, count: known.count + 1 });
    }
    for (const [bucket, { sum, count }] of sums) parts[bucket]!.means.push(sum / count);
  }
  return parts.flatMap(({ means, min, max }, index) => {
    if (means.length === 0) return [];
    const mean = means.reduce((sum, value) => sum + value, 0) / means.length;
    return [{ x: Math.min(to, from + (index + 0.5) * width), mean, min, max }];
  });
}
