import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { psnrMetric, ssimMetric } from '@medgan/metrics';
import { createRng, readerOf, type BytePixels } from '@medgan/plugin-api';
import { noiseSource } from './image-sources.ts';
import { originalTable, pairedMeanTable } from './pair-tables.ts';

/** Different images of noise, 12×12 RGB. */
function images(name: string, count: number): BytePixels {
  const size = 12;
  const pixels = Uint8Array.from(createRng(name).uniforms(count * size * size * 3), (value) => value * 256);
  return { size, channels: 3, count, pixels };
}

const metrics = [{ metric: psnrMetric }, { metric: ssimMetric }];
const EQUAL = 79;

describe('originalTable', () => {
  it('never sets an image against itself, however few the real images are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 9 }),
        fc.integer({ min: 1, max: 12 }),
        async (count, batchSize) => {
          const sets = { real: readerOf(images('real', count)), fake: images('fake', 5) };
          const { values, ceiling, floor, pairs } = await originalTable(sets, {
            metrics,
            batchSize,
            seed: 1,
            offByOne: false,
          });
          expect(pairs).toBe(Math.min(count, batchSize, 5));
          for (const column of [values, ceiling, floor]) expect(column['psnr']!.value).toBeLessThan(EQUAL);
          expect(ceiling['psnr']!.count).toBe(Math.min(count, batchSize));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('compares the i-th real image with the i-th fake', async () => {
    const real = images('real', 6);
    const settings = { metrics, batchSize: 4, seed: 1, offByOne: false };
    const equal = await originalTable({ real: readerOf(real), fake: real }, settings);
    expect(equal.values['psnr']!.value).toBeCloseTo(80, 9);
    expect(equal.pairs).toBe(4);
    expect(
      (await originalTable({ real: readerOf(real), fake: real }, { ...settings, offByOne: true })).pairs,
    ).toBe(3);
  });

  it('has a reason where one real image leaves nothing to compare it with', async () => {
    const sets = { real: readerOf(images('real', 1)), fake: images('fake', 1) };
    const table = await originalTable(sets, { metrics, batchSize: 4, seed: 1, offByOne: false });
    expect(table.ceiling['psnr']).toMatchObject({ value: null, reason: expect.any(String) });
    expect(table.values['psnr']!.value).toEqual(expect.any(Number));
  });
});

describe('pairedMeanTable', () => {
  it('has no NaN in it, and says how many reals each fake met', async () => {
    const sets = { real: readerOf(images('real', 5)), fake: images('fake', 3) };
    const table = await pairedMeanTable(sets, { metrics, seed: 1 });
    expect(table).toMatchObject({ pairs: 15, settings: { seed: 1, perFake: 5 } });
    expect(JSON.parse(JSON.stringify(table))).toEqual(table);
  });
});

describe('noiseSource', () => {
  it('makes the same images whichever are read first', async () => {
    const source = noiseSource({ height: 3, width: 2, channels: 3 }, 5, createRng(4));
    const all = await source.read(0, 5);
    const some = await source.read(2, 2);
    expect(some.values).toEqual(all.values.slice(2 * 18, 4 * 18));
    expect(new Set(all.values).size).toBeGreaterThan(80);
  });
});
