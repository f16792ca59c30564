import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '@medgan/plugin-api';
import { batches, streamOf } from './batches.ts';

type Config = Parameters<typeof batches>[0];

const run = (config: Config, count: number, done = 0) =>
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

  it('shows every image once per epoch, in another order each time', () => {
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
        fc.integer({ min: 1, max: 5 }),
        fc.nat(40),
        (count, batchSize, discriminatorSteps, done) => {
          const config = { batchSize, epochs: 3, discriminatorSteps };
          const after = run(config, count).filter(({ step }) => step > done);
          expect(run(config, count, done)).toEqual(after);
        },
      ),
      { seed: 1 },
    );
  });

  it('gives a step as many batches as the discriminator has updates, over the ends of epochs', () => {
    const all = run({ batchSize: 4, epochs: 2, discriminatorSteps: 4 }, 10);
    expect(all.map((b) => [b.step, b.update, b.epoch, b.indices.length])).toEqual([
      [1, 1, 1, 4],
      [1, 2, 1, 4],
      [1, 3, 1, 2],
      [1, 4, 1, 4],
      [2, 1, 2, 4],
      [2, 2, 2, 2],
      // The second epoch ends in this step, which is a whole one all the same.
      [2, 3, 2, 4],
      [2, 4, 2, 4],
    ]);
  });

  it('shows the same images in the same order however many updates a step has', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 2, max: 6 }),
        (count, batchSize, discriminatorSteps) => {
          const indices = (config: Config): number[][] => run(config, count).map((b) => b.indices);
          const several = indices({ batchSize, epochs: 3, discriminatorSteps });
          const single = indices({ batchSize, epochs: 9 });
          expect(several.length).toBeGreaterThanOrEqual(3 * Math.ceil(count / batchSize));
          expect(several.slice(0, single.length)).toEqual(single.slice(0, several.length));
        },
      ),
      { seed: 1 },
    );
  });

  it('names what is random about a batch by its step, and by its update from the second on', () => {
    const rng = createRng(3);
    const first = (update: number): number => streamOf(rng, { step: 5, update }).uniform();
    expect(first(1)).toBe(rng.split('step/5').uniform());
    expect(first(2)).toBe(rng.split('step/5/update/2').uniform());
  });
});
