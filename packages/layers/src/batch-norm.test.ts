import { describe, expect, it } from 'vitest';
import { ENGINES, wave, withLayer, type LayerPass, type LayerSpec } from '../test/run-layer.ts';
import { expectAgreement } from '../test/to-agree.ts';
import { batchNorm } from './batch-norm.ts';

/** torch.nn.BatchNorm2d(3), PyTorch 1.13, float32; images NHWC. `second` are the running statistics after SECOND. */
const TORCH = {
  y: [
    1.769415, 3.176308, -1.625561, -1.059521, 2.177465, -0.2200236, -1.047334, -1.643146, 0.1368964, 1.790814,
    -3.532514, -0.9988249, 3.924141, -1.140182, -2.2143, 2.698694, 2.557683, -1.997423, -0.3610177, 2.960772,
    -0.6179994, -1.448576, -0.4323756, 0.2079071,
  ],
  dx: [
    0.8627623, -0.5650785, -0.3369039, 0.4703233, 0.8688558, -0.2908973, -0.7286795, 0.9705952, 0.2395926,
    -1.242633, -0.3864286, 0.5946129, -0.4321565, -1.514018, 0.3325024, 0.6944814, -1.009401, -0.2206617,
    0.7356929, 0.4996559, -0.3767186, -0.359791, 1.135819, 0.05847334,
  ],
  weight: [3.677494, 3.155612, 3.694436],
  bias: [0.1797695, 1.745694, -0.6296155],
  mean: [-0.03213731, 0.03512029, 0.0230872],
  variance: [1.116732, 1.114189, 1.123069],
  second: { mean: [0.03374682, 0.04766364, -0.04602921], variance: [1.472373, 1.516613, 1.471284] },
  evaluated: [
    1.349477, 4.05584, -1.530495, -1.861075, 2.945484, 0.08839566, -1.847245, -1.301664, 0.4994943, 1.373762,
    -3.401963, -0.8086237, 3.79487, -0.7425478, -2.208601, 2.404113, 3.368151, -1.958804, -1.068346, 3.816242,
    -0.3699909, -2.302612, 0.04427864, 0.581284,
  ],
};

/** Of Σ (d(Σ y²·dy)/dx)², by torch.autograd.grad with create_graph. */
const TORCH_TWICE = {
  penalty: [212.04954528808594],
  dx: [
    -10.40014, -57.58014, 1.179568, 18.61926, 4.712097, -0.7160107, 2.298965, 27.20077, -0.686471, 24.73981,
    39.9347, -3.054492, -40.39216, 32.97155, 2.395088, -6.499706, -37.11147, 1.657854, 7.648711, 0.7635765,
    0.03245389, 3.985256, -10.8911, -0.8079894,
  ],
  weight: [127.3237, 239.8432, 19.70007],
  bias: [29.36931, -11.84096, -7.021294],
};

const SHAPE = [2, 2, 2, 3] as const;
const FIRST: LayerPass = { shape: SHAPE, x: wave(24, 0.2, 2), dy: wave(24, 1.1) };
const SECOND: LayerPass = { ...FIRST, x: wave(24, 2.2, 3) };

const VARIANTS = ENGINES.flatMap((engine) => [false, true].map((centred) => ({ engine, centred })));

describe.each(VARIANTS)('batchNorm on $engine, centred $centred', ({ engine, centred }) => {
  const layer: LayerSpec = {
    engine,
    build: (parameters) => batchNorm(3, parameters, { centred }),
    parameters: { weight: wave(3, 0.4).map((v) => v + 1.5), bias: wave(3, 0.9) },
  };

  it('normalises as PyTorch does, with its gradients', () =>
    withLayer(layer, async ({ pass }) => {
      const result = await pass(FIRST);
      for (const name of ['y', 'dx', 'weight', 'bias'] as const) expectAgreement(result[name], TORCH[name]);
    }));

  it('keeps running statistics, the variance unbiased, and evaluates by them', () =>
    withLayer(layer, async ({ pass, read }) => {
      await pass(FIRST);
      expectAgreement(await read('running_mean'), TORCH.mean);
      expectAgreement(await read('running_var'), TORCH.variance);
      await pass(SECOND);
      expectAgreement(await read('running_mean'), TORCH.second.mean);
      expectAgreement(await read('running_var'), TORCH.second.variance);
      expect([...(await read('num_batches_tracked'))]).toEqual([2]);
      const { y } = await pass({ ...FIRST, mode: 'evaluation' });
      expectAgreement(y, TORCH.evaluated);
    }));

  it('normalises by the batch without keeping anything in batch-statistics mode', () =>
    withLayer(layer, async ({ pass, read }) => {
      const { y } = await pass({ ...FIRST, mode: 'batch-statistics' });
      expectAgreement(y, TORCH.y);
      expect([...(await read('running_mean'))]).toEqual([0, 0, 0]);
      expect([...(await read('running_var'))]).toEqual([1, 1, 1]);
      expect([...(await read('num_batches_tracked'))]).toEqual([0]);
    }));

  it('can be differentiated twice', () =>
    withLayer(layer, async ({ secondOrder }) => {
      const result = await secondOrder(FIRST);
      for (const name of ['penalty', 'dx', 'weight', 'bias'] as const) {
        expectAgreement(result[name], TORCH_TWICE[name], 1e-4);
      }
    }));

  it('gives the shift for images of one colour, and running variance no less than it was drawn to', () =>
    withLayer(layer, async ({ pass, read }) => {
      const { y, dx } = await pass({ ...FIRST, x: new Float32Array(24).fill(0.7) });
      expectAgreement(
        y,
        Array.from({ length: 24 }, (_, i) => wave(3, 0.9)[i % 3]!),
        1e-3,
      );
      expect([...dx!].every(Number.isFinite)).toBe(true);
      expectAgreement(await read('running_var'), [0.9, 0.9, 0.9]);
    }));
});

it.each(ENGINES)('batchNorm that is centred keeps its digits where the mean is far from 0, on %s', (engine) =>
  withLayer(
    {
      engine,
      build: (parameters) => batchNorm(1, parameters, { epsilon: 0, centred: true }),
      parameters: { weight: Float32Array.of(1) },
    },
    async ({ pass, read }) => {
      // 4096 ± 0.5 has exact halves in float32; sums of squares have not.
      const x = Float32Array.from({ length: 64 }, (_, i) => 4096 + (i % 2) - 0.5);
      const { y } = await pass({ shape: [4, 4, 4, 1], x, dy: new Float32Array(64) });
      expectAgreement(
        y,
        Array.from(x, (value) => 2 * (value - 4096)),
      );
      expectAgreement(await read('running_var'), [0.9 + (0.1 * 0.25 * 64) / 63]);
    },
  ),
);
