import { join } from 'node:path';
import { minMax } from '@medgan/metrics';
import { MedganError, defined } from '@medgan/files';
import type { Direction, PairMetric } from '@medgan/plugin-api';
import { listImages } from './list-images.ts';
import { readImage, wider, type ValueRange } from './read-image.ts';
import { jsonKey, requireOneSize, scorePairs } from './score-pairs.ts';

/** One metric over all pairs of two folders. */
interface PairSummary {
  readonly direction: Direction;
  readonly mean: number | null;
  /** Sample standard deviation over pairs; null for fewer than two. */
  readonly deviation: number | null;
  /** Pairs whose size the metric accepts. */
  readonly count: number;
  /** Why some pairs have no value. */
  readonly reason?: string;
}

/** Two folders compared image by image. */
export interface FolderScores {
  /** Images of both folders that were compared, by name. */
  readonly pairs: number;
  readonly metrics: Readonly<Record<string, PairSummary>>;
  /** One line per pair; null where a metric refuses its size. */
  readonly values: readonly Readonly<Record<string, string | number | null>>[];
  /** Names that only one of the folders has. */
  /** Smallest and largest sample of all files with 16 bits per sample; absent where there are none. */
  readonly deep?: ValueRange;
  readonly unpaired: { readonly a: readonly string[]; readonly b: readonly string[] };
}

function summary(metric: PairMetric, values: readonly number[], reason: string | undefined): PairSummary {
  const count = values.length;
  const mean = count === 0 ? null : values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean!) ** 2, 0);
  return {
    direction: metric.direction,
    mean,
    deviation: count < 2 ? null : Math.sqrt(squares / (count - 1)),
    count,
    ...defined({ reason }),
  };
}

/**
 * Compares the images of two folders that have one name, each pair under every metric; one pair is in memory at a time.
 * @throws MedganError when no names meet, a file cannot be read, or the sizes of a pair differ.
 */
export async function compareFolders(
  metrics: readonly PairMetric[],
  folders: { readonly a: string; readonly b: string },
  options: {
    readonly stretch: boolean;
    readonly range?: ValueRange;
    readonly onProgress?: (done: number, total: number) => void;
  },
): Promise<FolderScores> {
  const [a, b] = await Promise.all([listImages(folders.a), listImages(folders.b)]);
  const [inA, inB] = [new Set(a), new Set(b)];
  const names = a.filter((name) => inB.has(name));
  if (names.length === 0) {
    throw new MedganError(
      `no image of ${folders.a} has its name in ${folders.b} (${a[0]} … against ${b[0]} …)`,
      { cure: 'name the images of a pair alike, or compare the folders as sets with --sets' },
    );
  }
  const keys = metrics.map(({ name }) => jsonKey(name));
  const reasons: Record<string, string> = {};
  let deep: ValueRange | undefined;
  const values: Record<string, string | number | null>[] = [];
  for (const [index, name] of names.entries()) {
    const paths = { a: join(folders.a, name), b: join(folders.b, name) };
    const [x, y] = await Promise.all([readImage(paths.a, options.range), readImage(paths.b, options.range)]);
    deep = wider(deep, wider(x.deep, y.deep));
    requireOneSize(x, y, paths);
    const scores = options.stretch ? scorePairs(metrics, minMax(x), minMax(y)) : scorePairs(metrics, x, y);
    Object.assign(reasons, scores.reasons);
    values.push({ name, ...Object.fromEntries(keys.map((key) => [key, scores.values[key]?.[0] ?? null])) });
    options.onProgress?.(index + 1, names.length);
  }
  return {
    pairs: names.length,
    metrics: Object.fromEntries(
      metrics.map((metric, i) => {
        const column = values.map((line) => line[keys[i]!]).filter((value) => typeof value === 'number');
        return [keys[i]!, summary(metric, column, reasons[keys[i]!])];
      }),
    ),
    values,
    ...defined({ deep }),
    unpaired: { a: a.filter((name) => !inB.has(name)), b: b.filter((name) => !inA.has(name)) },
  };
}
