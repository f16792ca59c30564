import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '@medgan/plugin-api';
import { batches } from './batches.ts';

const run = (config: { batchSize: number; epochs: number; maxSteps?: number }, count: number, done = 0) =>
  [...batches(config, { count }, { rng: createRng(7), done })].map((b) => ({
    ...b,
    indices: [...b.indices],
  }));

describe('batches', () => {
  it('keeps the last, smaller batch of every epoch', () => {
    const all = run({ batchSize: 4, epochs: 2 }, 10);
    expect(all.map((b) => [b.step, b.epoch, b.indices.length])).toEqual([
      [1, 1, 4],
      [2, 1, 4],
      [3, 1, 2],
      [4, 2, 4],
      [5, 2, 4],
      [6, 2, 2],
    ]);
  });

  it('shows every image once an epoch, in another order each time', () => {
    const all = run({ batchSize: 3, epochs: 2 }, 20);
    const [first, second] = [1, 2].map((epoch) =>
      all.filter((b) => b.epoch === epoch).flatMap((b) => b.indices),
    );
    expect([...first!].sort((a, b) => a - b)).toEqual([...Array(20).keys()]);
    expect([...second!].sort((a, b) => a - b)).toEqual([...Array(20).keys()]);
    expect(first).not.toEqual(second);
  });

  it('stops at max_steps inside an epoch', () => {
    expect(run({ batchSize: 4, epochs: 5, maxSteps: 4 }, 10).at(-1)).toMatchObject({ step: 4, epoch: 2 });
  });

  it('goes on after any step as if it had never stopped', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(40),
        (count, batchSize, done) => {
          const config = { batchSize, epochs: 3 };
          expect(run(config, count, done)).toEqual(run(config, count).slice(done));
        },
      ),
      { seed: 1 },
    );
  });
});
