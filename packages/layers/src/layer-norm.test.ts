import { describe, expect, it } from 'vitest';
import { ENGINES, wave, withLayer, type LayerPass, type LayerSpec } from '../test/run-layer.ts';
import { expectAgreement } from '../test/to-agree.ts';
import { layerNorm } from './layer-norm.ts';

const [IMAGES, PIXELS, CHANNELS] = [2, 4, 3];
const EACH = PIXELS * CHANNELS;
const PASS: LayerPass = { shape: [IMAGES, 2, 2, CHANNELS], x: wave(24, 0.2, 2), dy: wave(24, 1.1) };
const WEIGHT = wave(CHANNELS, 0.4).map((v) => v + 1.5);
const BIAS = wave(CHANNELS, 0.9);

interface Arguments {
  readonly x: readonly number[];
  readonly weight: readonly number[];
  readonly bias: readonly number[];
}

/** torch.nn.GroupNorm(1, 3) on NHWC images, in double precision. */
function reference({ x, weight, bias }: Arguments): number[] {
  return x.map((value, i) => {
    const image = x.slice(Math.floor(i / EACH) * EACH, (Math.floor(i / EACH) + 1) * EACH);
    const mean = image.reduce((sum, v) => sum + v, 0) / EACH;
    const variance = image.reduce((sum, v) => sum + (v - mean) ** 2, 0) / EACH;
    return ((value - mean) / Math.sqrt(variance + 1e-5)) * weight[i % CHANNELS]! + bias[i % CHANNELS]!;
  });
}

/** The gradient of `f` by one of its arguments, by central differences in double precision. */
function slopes(
  f: (given: Arguments) => number,
  given: Arguments,
  by: keyof Arguments,
  step = 1e-4,
): number[] {
  const moved = (i: number, distance: number): number =>
    f({ ...given, [by]: given[by].map((v, j) => (i === j ? v + distance : v)) });
  return given[by].map((_, i) => (moved(i, step) - moved(i, -step)) / (2 * step));
}

const GIVEN: Arguments = { x: [...PASS.x], weight: [...WEIGHT], bias: [...BIAS] };
const weighted = (given: Arguments): number =>
  reference(given).reduce((sum, y, i) => sum + y * PASS.dy[i]!, 0);
const squares = (given: Arguments): number =>
  reference(given).reduce((sum, y, i) => sum + y * y * PASS.dy[i]!, 0);
const penalty = (given: Arguments): number =>
  slopes(squares, given, 'x').reduce((sum, slope) => sum + slope * slope, 0);

describe.each(ENGINES)('layerNorm on %s', (engine) => {
  const layer: LayerSpec = {
    engine,
    build: (parameters) => layerNorm(CHANNELS, parameters),
    parameters: { weight: WEIGHT, bias: BIAS },
  };

  it('normalises each image by its own numbers, with the gradients of the formula', () =>
    withLayer(layer, async ({ pass }) => {
      const result = await pass(PASS);
      expectAgreement(result['y'], reference(GIVEN));
      expectAgreement(result['dx'], slopes(weighted, GIVEN, 'x'), 1e-4);
      for (const name of ['weight', 'bias'] as const) {
        expectAgreement(result[name], slopes(weighted, GIVEN, name), 1e-4);
      }
    }));

  it('can be differentiated twice', () =>
    withLayer(layer, async ({ secondOrder }) => {
      const result = await secondOrder(PASS);
      expectAgreement(result['penalty'], [penalty(GIVEN)], 1e-4);
      expectAgreement(result['dx'], slopes(penalty, GIVEN, 'x', 1e-3), 1e-3);
      for (const name of ['weight', 'bias'] as const) {
        expectAgreement(result[name], slopes(penalty, GIVEN, name, 1e-3), 1e-3);
      }
    }));

  it('gives the shift for an image of one colour', () =>
    withLayer(layer, async ({ pass }) => {
      const { y, dx } = await pass({ ...PASS, x: new Float32Array(24).fill(0.7) });
      expectAgreement(
        y,
        Array.from({ length: 24 }, (_, i) => BIAS[i % CHANNELS]!),
        1e-3,
      );
      expect([...dx!].every(Number.isFinite)).toBe(true);
    }));
});
