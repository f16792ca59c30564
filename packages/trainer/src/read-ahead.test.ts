import { describe, expect, it } from 'vitest';
import { readerOf, type ImageReader } from '@medgan/plugin-api';
import type { Batch } from './batches.ts';
import { readAhead } from './read-ahead.ts';

const images = readerOf({
  size: 1,
  channels: 1,
  count: 5,
  pixels: Uint8Array.from([10, 11, 12, 13, 14]),
});

const batch = (step: number, ...indices: number[]): Batch => ({
  step,
  update: 1,
  epoch: 1,
  indices: Uint32Array.from(indices),
});
const SERIES = [[batch(1, 4, 0)], [batch(2, 1)], [batch(3, 2), batch(4, 3)]];

/** The images, with a note of every read begun. */
function witnessed(): { reader: ImageReader; begun: number[][] } {
  const begun: number[][] = [];
  const read: ImageReader['read'] = (indices) => {
    begun.push(Array.from(indices));
    return images.read(indices);
  };
  return { reader: { ...images, read }, begun };
}

describe('readAhead', () => {
  it('gives the series in their order with their images', async () => {
    const seen: [number, number[]][][] = [];
    for await (const series of readAhead(images, SERIES))
      seen.push(series.map(({ step, pixels }) => [step, [...pixels]]));
    expect(seen).toEqual([
      [[1, [14, 10]]],
      [[2, [11]]],
      [
        [3, [12]],
        [4, [13]],
      ],
    ]);
  });

  it('has begun to read the next series, and no further one, when it gives one', async () => {
    const { reader, begun } = witnessed();
    const ahead: number[] = [];
    const singles = [[batch(1, 4, 0)], [batch(2, 1)], [batch(3, 2)]];
    for await (const [first] of readAhead(reader, singles)) ahead.push(begun.length - first!.step);
    expect(ahead).toEqual([1, 1, 0]);
  });

  it('gives what could be read before it fails', async () => {
    const steps: number[] = [];
    const reading = async (): Promise<void> => {
      for await (const [first] of readAhead(images, [[batch(1, 0)], [batch(2, 9)], [batch(3, 1)]]))
        steps.push(first!.step);
    };
    await expect(reading()).rejects.toThrow('no image 9 among 5');
    expect(steps).toEqual([1]);
  });

  it('waits for the read under way when the loop is left', async () => {
    let finished = 0;
    const slow: ImageReader = {
      ...images,
      read: async (indices) => {
        const pixels = await images.read(indices);
        await new Promise(setImmediate);
        finished++;
        return pixels;
      },
    };
    for await (const [first] of readAhead(slow, SERIES)) if (first!.step === 1) break;
    expect(finished).toBe(2);
  });

  it('gives nothing of nothing', async () => {
    for await (const series of readAhead(images, [])) expect.unreachable(`${series.length} batches`);
  });
});
