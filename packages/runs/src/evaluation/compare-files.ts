import { defined } from '@medgan/files';
import { minMax } from '@medgan/metrics';
import type { PairMetric } from '@medgan/plugin-api';
import { readImage, wider, type ValueRange } from './read-image.ts';
import { jsonKey, requireOneSize, scorePairs } from './score-pairs.ts';

/** Two images under several metrics, by JSON key; null where the metric refuses the size, with the reason. */
interface FileScores {
  readonly values: Readonly<Record<string, number | null>>;
  readonly reasons: Readonly<Record<string, string>>;
  /** Smallest and largest sample of both files, where they have 16 bits per sample. */
  readonly deep?: ValueRange;
}

/**
 * Compares two image files of one size; `stretch` min–max normalises each first.
 * @throws MedganError when one cannot be read or the sizes differ.
 */
export async function compareFiles(
  metrics: readonly PairMetric[],
  files: { readonly a: string; readonly b: string },
  { stretch, range }: { readonly stretch: boolean; readonly range?: ValueRange },
): Promise<FileScores> {
  const [a, b] = await Promise.all([readImage(files.a, range), readImage(files.b, range)]);
  requireOneSize(a, b, files);
  const { values, reasons } = stretch ? scorePairs(metrics, minMax(a), minMax(b)) : scorePairs(metrics, a, b);
  const keys = metrics.map(({ name }) => jsonKey(name));
  const deep = wider(a.deep, b.deep);
  return {
    values: Object.fromEntries(keys.map((key) => [key, values[key]?.[0] ?? null])),
    reasons,
    ...defined({ deep }),
  };
}
