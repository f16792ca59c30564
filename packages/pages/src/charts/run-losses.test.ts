import { describe, expect, it } from 'vitest';
import { svgToPng } from './rasterise.ts';
import { runLosses, type LoggedStep } from './run-losses.ts';

const step = (number: number, values: Record<string, number>): LoggedStep => ({ step: number, values });

/** A log of `steps` steps, changed by `values`. */
const log = (steps: number, values: (index: number) => Record<string, number> = () => ({})): LoggedStep[] =>
  Array.from({ length: steps }, (_, index) =>
    step(index + 1, {
      'loss/generator': 2 + Math.sin(index),
      'loss/discriminator': 1,
      ...values(index),
    }),
  );

describe('runLosses', () => {
  it('draws losses and probabilities', async () => {
    const logged = [
      step(1, {
        'loss/discriminator': 1.4,
        'loss/generator': 0.7,
        'prob/real': 0.5,
        'prob/fake_before': 0.5,
      }),
      step(2, {
        'loss/discriminator': 1.1,
        'loss/generator': 1.2,
        'prob/real': 0.7,
        'prob/fake_before': 0.4,
      }),
      step(3, {
        'loss/discriminator': 0.9,
        'loss/generator': 1.6,
        'prob/real': 0.8,
        'prob/fake_before': 0.3,
      }),
    ];
    await expect(runLosses(logged)).toMatchFileSnapshot('__snapshots__/three-steps.svg');
  });

  it('gives the same bytes for the same log, as SVG and as PNG', async () => {
    const [first, second] = [runLosses(log(500)), runLosses(log(500))];
    expect(second).toBe(first);
    expect(Buffer.compare(await svgToPng(first), await svgToPng(second))).toBe(0);
  });

  it('depends on the values alone, not on other keys or their order', () => {
    const reversed = log(20).map(({ step: number, values }) =>
      step(number, { 'metric/fid': number, ...Object.fromEntries(Object.entries(values).reverse()) }),
    );
    expect(runLosses(reversed)).toBe(runLosses(log(20)));
  });

  it('does not grow with the number of steps', () => {
    expect(runLosses(log(20_000)).length).toBeLessThan(1.2 * runLosses(log(2000)).length);
    expect(runLosses(log(20_000)).length).toBeLessThan(60_000);
  });

  it('draws every other loss that was logged, after those of every run', () => {
    const svg = runLosses(log(4, () => ({ 'loss/r1 & more': 0.1 })));
    const labels = [...svg.matchAll(/font-size="12">([^<]+)<\/text>/g)].map(([, label]) => label);
    expect(labels.slice(0, 3)).toEqual(['generator', 'discriminator', 'r1 &amp; more']);
  });

  it('says what is not finite, what the axis leaves out, and what lines and bands are', () => {
    const svg = runLosses(
      log(2000, (index) => ({
        ...(index >= 1500 ? { 'loss/generator': NaN } : {}),
        ...(index === 700 ? { 'loss/discriminator': 4000 } : {}),
      })),
    );
    expect(svg).toContain('>generator: 500 of 2,000 values not finite, the first at step 1,501<');
    expect(svg).toContain('>discriminator: some values lie beyond the axis, the highest 4.00e+3<');
    expect(svg).toContain('>Lines: means over short stretches of training.');
    const axis = [...svg.matchAll(/text-anchor="end"[^>]*>([\d.,]+)</g)].map(([, tick]) => Number(tick));
    expect(Math.max(...axis)).toBeLessThan(5);
  });

  it('draws one step, values of which none is finite, and no step', () => {
    const circles = runLosses(log(1)).match(/<path d="M1 0A1 1[^>]*fill="#(?:0072b2|c44e00)"/g);
    expect(circles).toHaveLength(2);
    expect(runLosses([step(1, { 'loss/generator': NaN })])).toContain('generator has no finite value');
    expect(runLosses([])).toContain('Losses');
  });
});
