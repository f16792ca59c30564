import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearest } from './nearest.ts';

const KEYS = ['image_size', 'batch_size', 'num_epochs', 'learning_rate', 'seed'];

describe('nearest', () => {
  it.each([
    ['image_szie', 'image_size'],
    ['imagesize', 'image_size'],
    ['Image-Size', 'image_size'],
    ['batch_sise', 'batch_size'],
    ['learning-rat', 'learning_rate'],
    ['sede', 'seed'],
    ['epochs', undefined],
    ['optimizer', undefined],
    ['', undefined],
  ])('takes %j for %j', (word, expected) => {
    expect(nearest(word, KEYS)).toBe(expected);
  });

  it('takes the nearer of two, and the first of two that are equally near', () => {
    expect(nearest('sngann', ['dcgan', 'sngan'])).toBe('sngan');
    expect(nearest('ngan', ['sngan', 'ngans'])).toBe('sngan');
  });

  it('takes no name of which half is other', () => {
    expect(nearest('my-gan', ['dcgan', 'sngan'])).toBeUndefined();
  });

  it('knows nothing where there is nothing', () => {
    expect(nearest('x', [])).toBeUndefined();
  });

  it('finds every word among others, whatever its case', () => {
    const words = fc.uniqueArray(fc.stringMatching(/^[a-z]{3,10}$/), { minLength: 1 });
    fc.assert(
      fc.property(words, fc.nat(), (candidates, pick) => {
        const word = candidates[pick % candidates.length]!;
        expect(nearest(word.toUpperCase(), candidates)).toBe(word);
      }),
    );
  });

  it('sees through one slip: a letter left out, doubled, changed, or two of them swapped', () => {
    const slips: ((word: string, at: number) => string)[] = [
      (word, at) => word.slice(0, at) + word.slice(at + 1),
      (word, at) => word.slice(0, at + 1) + word.slice(at),
      (word, at) => `${word.slice(0, at)}x${word.slice(at + 1)}`,
      (word, at) => word.slice(0, at) + (word[at + 1] ?? '') + word[at]! + word.slice(at + 2),
    ];
    fc.assert(
      fc.property(fc.constantFrom(...KEYS), fc.constantFrom(...slips), fc.nat(), (word, slip, at) => {
        expect(nearest(slip(word, at % word.length), KEYS)).toBe(word);
      }),
    );
  });
});
