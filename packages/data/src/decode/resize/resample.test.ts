import { readFile } from 'node:fs/promises';
import { createRng } from '@medgan/plugin-api';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assembleResample } from './assemble.testing.ts';
import { resample } from './resample.ts';
import { triangleTaps, type Axis, type Taps } from './taps.ts';

/** One pass in plain arithmetic: sums of `samples`, which lie `step` apart, over each record. */
function sums(
  { records, length }: Taps,
  samples: Uint8Array,
  { from, step }: { from: number; step: number },
) {
  return Array.from({ length: records.length / length }, (_, i) => {
    const record = records.subarray(i * length, (i + 1) * length);
    const [first, count] = record as unknown as [number, number];
    let sum = 2 ** 21;
    for (let t = 0; t < count; t++) sum += samples[from + (first + t) * step]! * record[2 + t]!;
    return Math.floor(sum / 2 ** 22);
  });
}

const axis: fc.Arbitrary<Axis> = fc
  .record({ input: fc.integer({ min: 1, max: 90 }), output: fc.integer({ min: 1, max: 40 }) })
  .chain(({ input, output }) =>
    fc
      .tuple(fc.integer({ min: 0, max: output - 1 }), fc.integer({ min: 1, max: output }))
      .map(([from, wanted]) => ({ input, output, from, wanted: Math.min(wanted, output - from) })),
  );

it('sums as plain arithmetic does, whatever the shapes', () => {
  fc.assert(
    fc.property(axis, axis, fc.constantFrom(1 as const, 3 as const), (x, y, channels) => {
      const [width, height] = [x.input, y.input];
      const noise = createRng(`${width}×${height}`).uniforms(width * height * channels);
      const data = Uint8Array.from(noise, (value) => (value < 0.2 ? 0 : value > 0.8 ? 255 : value * 256));
      const [across, down] = [triangleTaps(x), triangleTaps(y)];
      const out = new Uint8Array(x.wanted * y.wanted * channels);
      resample({ width, height, channels, data }, { across, down }, out);

      for (let c = 0; c < channels; c++) {
        const rows = Array.from({ length: height }, (_, row) =>
          sums(across, data, { from: row * width * channels + c, step: channels }),
        );
        for (let column = 0; column < x.wanted; column++) {
          const between = Uint8Array.from(rows, (row) => row[column]!);
          const expected = sums(down, between, { from: 0, step: 1 });
          const got = expected.map((_, row) => out[(row * x.wanted + column) * channels + c]);
          expect(got).toEqual(expected);
        }
      }
    }),
  );
});

it('takes a large image strip by strip', () => {
  const [width, height] = [4001, 700];
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) data[i] = (Math.imul(i, 2654435761) >>> 24) & 255;
  const axes = [width, height].map((input) => triangleTaps({ input, output: 5, from: 1, wanted: 3 }));
  const [across, down] = axes as [Taps, Taps];
  const whole = new Uint8Array(27);
  resample({ width, height, channels: 3, data }, { across, down }, whole);
  const rows = new Uint8Array(height * 9);
  for (let y = 0; y < height; y++)
    for (let c = 0; c < 3; c++)
      sums(across, data, { from: y * width * 3 + c, step: 3 }).forEach(
        (level, x) => (rows[y * 9 + x * 3 + c] = level),
      );
  for (let at = 0; at < 9; at++) {
    expect([0, 1, 2].map((y) => whole[y * 9 + at])).toEqual(sums(down, rows, { from: at, step: 9 }));
  }
});

it('is assembled from its source', async () => {
  expect(await readFile(new URL('resample-wasm.ts', import.meta.url), 'utf8')).toBe(await assembleResample());
});
