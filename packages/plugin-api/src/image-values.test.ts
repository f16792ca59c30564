import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { denormalise, normalise, readerOf } from './image-values.ts';

const images = {
  size: 1,
  channels: 3,
  count: 3,
  pixels: Uint8Array.from([0, 51, 102, 153, 204, 255, 1, 2, 3]),
};

describe('readerOf', () => {
  it('copies the images in the order asked for', async () => {
    const read = await readerOf(images).read([1, 0, 1]);
    expect([...read]).toEqual([153, 204, 255, 0, 51, 102, 153, 204, 255]);
    read.fill(9);
    expect(images.pixels[0]).toBe(0);
  });

  it.each([3, -1, 0.5, NaN])('rejects the index %d', async (index) => {
    await expect(readerOf(images).read([0, index])).rejects.toThrow(`no image ${index} among 3`);
  });
});

describe('normalise', () => {
  it('maps bytes to [−1, 1]', () => {
    const out = normalise(Uint8Array.of(153, 255, 0));
    expect([...out]).toEqual([153, 255, 0].map((v) => Math.fround(v / 127.5 - 1)));
    expect([...out.subarray(1)]).toEqual([1, -1]);
  });

  it('maps each byte by itself, however many there are and wherever the arrays begin', () => {
    const offset = fc.integer({ min: 0, max: 3 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), offset, offset, (all, from, to) => {
        const bytes = all.subarray(from);
        const out = new Float32Array(bytes.length + to).subarray(to);
        const expected = Array.from(bytes, (v) => Math.fround(v / 127.5 - 1));
        expect([...normalise(bytes, out)]).toEqual(expected);
      }),
    );
  });

  it('maps every pair of bytes as each of them', () => {
    const bytes = new Uint8Array(Uint16Array.from({ length: 1 << 16 }, (_, pair) => pair).buffer);
    expect(normalise(bytes)).toEqual(Float32Array.from(bytes, (v) => v / 127.5 - 1));
  });

  it('writes into the array it is given', () => {
    const out = new Float32Array(1);
    expect(normalise(Uint8Array.of(255), out)).toBe(out);
    expect(() => normalise(Uint8Array.of(1, 1), out)).toThrow('2 bytes do not fit 1 values');
  });
});

describe('denormalise', () => {
  it('gives every byte back', () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(denormalise(normalise(all))).toEqual(all);
  });

  it('rounds to the nearest and clamps', () => {
    const levels = Float32Array.from([
      -3,
      -1 + 0.4 / 127.5,
      -1 + 0.6 / 127.5,
      0,
      7,
      NaN,
      Infinity,
      -Infinity,
    ]);
    expect([...denormalise(levels)]).toEqual([0, 0, 1, 128, 255, 0, 255, 0]);
  });

  it('is never more than half a level off', () => {
    fc.assert(
      fc.property(fc.float({ min: -1, max: 1, noNaN: true }), (value) => {
        const [byte] = denormalise(Float32Array.of(value));
        expect(Math.abs(byte! - (value + 1) * 127.5)).toBeLessThanOrEqual(0.5 + 1e-4);
      }),
    );
  });

  it('writes into the array it is given', () => {
    const out = new Uint8Array(1);
    expect(denormalise(Float32Array.of(1), out)).toBe(out);
    expect(() => denormalise(Float32Array.of(1, 1), out)).toThrow('2 values do not fit 1 bytes');
  });
});
