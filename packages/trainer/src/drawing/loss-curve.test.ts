import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { lossCurve, lossCurvePng } from './loss-curve.ts';
import type { CurvePoint } from './logged-series.ts';

/** Losses as a GAN's: a fall, then scatter; the same at every call. */
function run(steps: number): CurvePoint[] {
  let state = 12_345;
  const scatter = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647 - 0.5;
  return Array.from({ length: steps }, (_, i) => ({
    step: i + 1,
    values: {
      'loss/generator': 2 + 6 * Math.exp((-9 * i) / steps) + scatter(),
      'loss/discriminator': 0.8 + 0.6 * scatter(),
      'prob/real': 0.7 + 0.4 * scatter(),
      'prob/fake_before': 0.3 + 0.4 * scatter(),
      'prob/fake_after': 0.2 + 0.3 * scatter(),
    },
  }));
}

const losses = (generator: readonly number[]): CurvePoint[] =>
  generator.map((loss, i) => ({ step: i, values: { 'loss/generator': loss, 'loss/discriminator': 1 } }));

const texts = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!);
const notes = (svg: string): string[] => texts(svg).filter((text) => text.includes(': '));

describe('lossCurve', () => {
  test('has title, axes, ticks and a legend as text', () => {
    expect(texts(lossCurve(run(500), { title: 'batch-16' })).join(' | ')).toMatchInlineSnapshot(
      `"batch-16 | 0 | 2 | 4 | 6 | 8 | 10 | loss | generator | discriminator | 0.0 | 0.2 | 0.4 | 0.6 | 0.8 | 1.0 | 0 | 100 | 200 | 300 | 400 | 500 | probability of real | real images | generated, before the D update | generated, after the D update | step | bold: exponential mean over about 13 points; faint: every point"`,
    );
  });

  test('tells in words what it shows', () => {
    const svg = lossCurve(losses([3, 2.5, 2]));
    expect(svg).toContain('role="img" aria-label="Losses"');
    expect(/<desc>(.*)<\/desc>/.exec(svg)![1]).toMatchInlineSnapshot(
      `"loss, generator: from 3.00 at step 0 to 2.00 at step 2. loss, discriminator: from 1.00 at step 0 to 1.00 at step 2."`,
    );
  });

  test('has one panel where no probability was logged, and further losses in it', () => {
    const points = losses([1, 2]).map(({ step, values }) => ({
      step,
      values: { ...values, 'loss/penalty': 1, lr: 9 },
    }));
    const shown = texts(lossCurve(points));
    expect(shown).toEqual(expect.arrayContaining(['generator', 'discriminator', 'penalty']));
    expect(shown).not.toContain('lr');
    expect(shown).not.toContain('probability of real');
  });

  test('stays below 100 kB however many points there are, and is the same every time', () => {
    const points = run(30_000);
    const svg = lossCurve(points);
    expect(svg.length).toBeLessThan(100_000);
    expect(svg.length).toBeGreaterThan(20_000);
    expect(lossCurve([...points].reverse())).toBe(svg);
  });

  test('leaves gaps at values that are not finite, and says so', () => {
    const svg = lossCurve(losses([1, NaN, 2, Infinity, 4, 3]));
    expect(notes(svg)).toEqual(['generator: 2 of 6 values not finite, the first at step 1 (gaps)']);
    const line = /d="([^"]*)" stroke="#0072b2" stroke-width="2"/.exec(svg)![1]!;
    expect(line.match(/M/g)).toHaveLength(3);
    expect(line.match(/h0/g)).toHaveLength(2);
  });

  test('single outliers do not squeeze the rest, and are told', () => {
    const values = Array.from({ length: 400 }, (_, i) => 2 + (i % 7) / 10);
    values[200] = 5e6;
    const svg = lossCurve(losses(values));
    expect(notes(svg)).toContain(
      'generator: 1 of 400 values beyond the axis, the farthest 5,000,000 at step 200; the mean takes them as at its edge',
    );
    expect(texts(svg)).toContain('2.5');
  });

  test('goes logarithmic where losses span a wide range, and only there', () => {
    const falling = losses(Array.from({ length: 200 }, (_, i) => 10 * Math.exp(-i / 15)));
    expect(texts(lossCurve(falling))).toContain('loss (log scale)');
    expect(texts(lossCurve(falling, { scale: 'linear' }))).toContain('loss');
    expect(texts(lossCurve(run(200)))).toContain('loss');
    const signed = lossCurve(losses([-1, 10, 100]), { scale: 'log' });
    expect(notes(signed)).toEqual(['generator: 1 of 3 values not above 0, so not on a log scale (gaps)']);
  });

  test('no points, one point', () => {
    expect(texts(lossCurve([]))).toContain('no finite value yet');
    expect(
      texts(lossCurve(losses([NaN]).map(({ step }) => ({ step, values: { 'loss/generator': NaN } })))),
    ).toContain('no finite value yet');
    expect(lossCurve(losses([2]))).toContain('h0" stroke="#0072b2"');
  });

  test('draws no number that is none, whatever was logged', () => {
    const value = fc.oneof(fc.float(), fc.constantFrom(NaN, Infinity, -Infinity, 0, 3e38, -3e38, 1e-45));
    const point = fc.record({
      step: fc.integer({ min: 0, max: 1e7 }),
      values: fc.dictionary(
        fc.constantFrom('loss/generator', 'loss/discriminator', 'prob/real', 'loss/__proto__'),
        value,
      ),
    });
    const scale = fc.constantFrom('linear', 'log', 'auto');
    fc.assert(
      fc.property(fc.array(point, { maxLength: 150 }), scale, (points, chosen) => {
        const svg = lossCurve(points, { scale: chosen });
        for (const [, name, text] of svg.matchAll(/ (d|x|y|height)="([^"]*)"/g)) {
          if (!/^[MLVHlvh\d. -]*$/.test(text!)) throw new Error(`${name}="${text}"`);
        }
      }),
      { numRuns: 60 },
    );
  });
});

test('a log axis has a mark even where all losses are nearly one', () => {
  const svg = lossCurve([{ step: 0, values: { 'loss/generator': 2.244036921126251e-24 } }], { scale: 'log' });
  expect(svg).toContain('>1e−24<');
  expect(svg).not.toContain('Infinity');
});

describe('lossCurvePng', () => {
  test('draws its text as paths, without fonts', () => {
    const svg = lossCurve(run(30), { text: 'strokes' });
    expect(svg).not.toContain('<text');
    expect(svg).toContain('<title>Losses</title>');
  });

  test('is twice the size of the SVG, and the same every time', async () => {
    const title = 'run <1> & "two" \u0000 \ud800 病';
    const [first, second] = [await lossCurvePng(run(80), { title }), await lossCurvePng(run(80), { title })];
    expect(Buffer.compare(first, second)).toBe(0);
    const { width, height } = await sharp(first).metadata();
    const svg = lossCurve(run(80), { title });
    expect(svg).toContain(`width="${width / 2}" height="${height / 2}"`);
    expect(svg).toContain('<title>run &lt;1&gt; &amp; &quot;two&quot; \ufffd \ufffd 病</title>');
  });
});
