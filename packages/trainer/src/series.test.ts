import { createRng } from '@medgan/plugin-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batches } from './batches.ts';
import { inSeries } from './series.ts';

const run = fc.record({
  count: fc.integer({ min: 1, max: 30 }),
  batchSize: fc.integer({ min: 1, max: 8 }),
  epochs: fc.integer({ min: 1, max: 4 }),
  updates: fc.integer({ min: 1, max: 3 }),
  length: fc.integer({ min: 1, max: 6 }),
  every: fc.integer({ min: 1, max: 7 }),
});

describe('series of batches', () => {
  it('hold every batch once, in order, of one size, and end where they must', () => {
    fc.assert(
      fc.property(run, ({ count, batchSize, epochs, updates, length, every }) => {
        const config = { batchSize, epochs, discriminatorSteps: updates };
        const all = [...batches(config, { count }, { rng: createRng(1), done: 0 })];
        const pausesAfter = (step: number): boolean => step % every === 0;
        const series = [...inSeries(all, { length, updates, pausesAfter })];
        expect(series.flat()).toEqual(all);
        for (const each of series) {
          expect(each.length).toBeGreaterThan(0);
          expect(each.length).toBeLessThanOrEqual(length);
          expect(new Set(each.map(({ indices }) => indices.length)).size).toBe(1);
          const inside = each.slice(0, -1).filter(({ update }) => update === updates);
          expect(inside.filter(({ step }) => updates > 1 || pausesAfter(step))).toEqual([]);
        }
      }),
    );
  });

  it('are as long as they may be', () => {
    const config = { batchSize: 2, epochs: 2, discriminatorSteps: 1 };
    const all = batches(config, { count: 7 }, { rng: createRng(1), done: 0 });
    const series = [...inSeries(all, { length: 3, updates: 1, pausesAfter: (step) => step === 6 })];
    expect(series.map((each) => each.map(({ step }) => step))).toEqual([[1, 2, 3], [4], [5, 6], [7], [8]]);
  });
});
