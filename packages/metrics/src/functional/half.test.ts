import { describe, expect, it } from 'vitest';
import { halfBits, halfValue } from './half.ts';

describe('float16', () => {
  it.each([
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65520, 0x7c00],
    [Infinity, 0x7c00],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [1.5 * 2 ** -24, 0x0002],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
  ])('%d is 0x%s', (value, bits) => expect(halfBits(value)).toBe(bits));

  it('of every finite bit pattern is the number it stands for', () => {
    const finite = Array.from({ length: 0x10000 }, (_, bits) => bits).filter(
      (bits) => (bits & 0x7c00) !== 0x7c00,
    );
    expect(finite.map((bits) => halfBits(halfValue(bits)))).toEqual(finite);
    expect(halfValue(halfBits(NaN))).toBeNaN();
  });
});
