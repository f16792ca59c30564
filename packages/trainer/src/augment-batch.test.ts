import { describe, expect, it } from 'vitest';
import { createRng, defineAugmentation } from '@medgan/plugin-api';
import { batchAugmenter } from './augment-batch.ts';

const schema = { type: 'object', properties: {}, additionalProperties: false } as const;

/** Adds what it draws to every byte. */
const shift = defineAugmentation({
  name: 'shift',
  summary: 'adds a number',
  reference: 'none',
  options: schema,
  tiny: {},
  apply({ pixels }, rng) {
    const by = rng.integer(256);
    return pixels.map((value) => value + by);
  },
});

/** Leaves every image as it is. */
const nothing = defineAugmentation({ ...shift, name: 'nothing', apply: ({ pixels }) => pixels });

const format = { size: 2, channels: 1 } as const;
const batch = (step: number, count: number) => ({
  step,
  update: 1,
  epoch: 1,
  indices: new Uint32Array(count),
  pixels: new Uint8Array(count * 4),
});

const augmented = (chosen: readonly (typeof shift)[], step: number, count: number): number[] => {
  const given = batch(step, count);
  const apply = batchAugmenter(
    chosen.map((augmentation) => ({ augmentation, options: {} })),
    { format, rng: createRng('run') },
  );
  apply(given);
  return [...given.pixels];
};

describe('batchAugmenter', () => {
  it('treats each image of a batch on its own, and all its bytes alike', () => {
    const pixels = augmented([shift], 1, 3);
    const images = [0, 1, 2].map((i) => new Set(pixels.slice(4 * i, 4 * i + 4)));
    expect(images.map(({ size }) => size)).toEqual([1, 1, 1]);
    expect(new Set(images.map((values) => [...values][0])).size).toBe(3);
  });

  it('gives an image of a step the same bytes whatever came before, and others in another step', () => {
    expect(augmented([shift], 7, 2)).toEqual(augmented([shift], 7, 2));
    expect(augmented([shift], 7, 1)).toEqual(augmented([shift], 7, 2).slice(0, 4));
    expect(augmented([shift], 8, 2)).not.toEqual(augmented([shift], 7, 2));
  });

  it('applies them in order, each with a stream of its own', () => {
    const [once, twice] = [augmented([shift], 1, 1), augmented([shift, shift], 1, 1)];
    const second = (twice[0]! - once[0]! + 256) % 256;
    expect(second).not.toBe(once[0]);
    expect(augmented([nothing, shift], 1, 1)[0]).toBe(second);
  });
});
