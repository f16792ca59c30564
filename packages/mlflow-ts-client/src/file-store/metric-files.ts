import { appendFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MlflowError, quote } from '../errors.ts';
import type { NonFinite } from '../options.ts';
import { checkPoints } from '../points.ts';
import type { Metric } from '../types.ts';

const bufferedPoints = 10_000;

/**
 * Writes a run's points, a file a key, a line a point: `<timestamp> <value> <step>`. Holds a bounded number of them in
 * memory. Points given twice are written once where they stand close together, which is where repeats come from.
 */
export async function writeMetricFiles(
  folder: string,
  metrics: Iterable<Metric> | AsyncIterable<Metric>,
  nonFinite: NonFinite,
): Promise<{ points: number; skipped: Metric[] }> {
  const skipped: Metric[] = [];
  let points = 0;
  let buffer: Metric[] = [];
  const flush = async () => {
    const checked = checkPoints(buffer, nonFinite);
    skipped.push(...checked.skipped);
    points += checked.points.length;
    buffer = [];
    await append(folder, checked.points);
  };
  for await (const metric of metrics) {
    buffer.push(metric);
    if (buffer.length >= bufferedPoints) await flush();
  }
  await flush();
  return { points, skipped };
}

async function append(folder: string, points: readonly Metric[]): Promise<void> {
  const lines = new Map<string, string[]>();
  for (const { key, value, timestamp, step } of points) {
    const known = lines.get(key);
    const line = `${timestamp} ${value} ${step}\n`;
    if (known) known.push(line);
    else lines.set(key, [line]);
  }
  for (const [key, ofKey] of lines) {
    await inFolder({ folder, key, kind: 'metric' }, (path) => appendFile(path, ofKey.join('')));
  }
}

/**
 * Calls back with the file of a key, whose folder is there.
 * @throws MlflowError where one name is a folder of another (`loss` and `loss/g`), which files cannot express.
 */
export async function inFolder(
  { folder, key, kind }: { folder: string; key: string; kind: string },
  act: (path: string) => Promise<void>,
): Promise<void> {
  const path = join(folder, key);
  try {
    await mkdir(dirname(path), { recursive: true });
    await act(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code !== 'EISDIR' && code !== 'ENOTDIR' && code !== 'EEXIST') throw cause;
    throw new MlflowError(
      `${kind} ${quote(key)}: another name is a folder of this one, or the other way round`,
      {
        cure: 'a file store keeps names as paths: rename one of them',
        cause,
      },
    );
  }
}
