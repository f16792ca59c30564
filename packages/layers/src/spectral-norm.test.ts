import { describe, expect, it } from 'vitest';
import { ENGINES, wave, withLayer, type LayerPass, type LayerSpec } from '../test/run-layer.ts';
import { expectAgreement } from '../test/to-agree.ts';
import { convolution } from './convolution.ts';
import { spectralNorm } from './spectral-norm.ts';

/**
 * Three training passes of torch.nn.utils.spectral_norm(Conv2d(2, 3, 4, 2, 1)), PyTorch 1.13, float32, one power
 * iteration each. `v` are its first 8 numbers of 32, `weight` the first 12 of the gradient's 96, `sum` that of all of
 * their magnitudes.
 */
const TORCH = [
  {
    y: [
      0.472011, -0.3996551, -0.03539392, 0.301156, 0.1873187, -0.5057989, 0.02992114, -0.3759068, 0.3807512,
      0.3559252, -0.2869542, -0.04243226,
    ],
    sigma: 2.47641,
    u: [0.184341, 0.5664696, -0.8032002],
    v: [-0.2122555, 0.1525663, 0.1729408, -0.1971313, -0.1221422, 0.228606, 0.063233, -0.2449004],
    weight: [
      0.2978359, -0.6012167, 0.499514, -0.2647422, 0.004176635, 0.1983216, -0.4502786, 0.4278678, -0.2925679,
      0.9145465, -0.9718049, 0.6408309,
    ],
    sum: 31.01813,
  },
  {
    y: [
      0.4696433, -0.3976505, -0.03521641, 0.2996455, 0.1863791, -0.5032618, 0.02977104, -0.3740212, 0.3788413,
      0.3541399, -0.2855148, -0.04221946,
    ],
    sigma: 2.488894,
    u: [0.1275104, 0.6036488, -0.7869874],
    v: [-0.2208625, 0.1377641, 0.1853622, -0.1855299, -0.1375532, 0.2209759, 0.08061014, -0.2417482],
    weight: [
      0.2932338, -0.5952216, 0.4993488, -0.2669967, 0.002738408, 0.2012745, -0.4476199, 0.4216709, -0.2904566,
      0.9138439, -0.9685752, 0.6341555,
    ],
    sum: 30.84479,
  },
  {
    y: [
      0.4675874, -0.3959097, -0.03506225, 0.2983337, 0.1855633, -0.5010587, 0.02964068, -0.372384, 0.377183,
      0.3525897, -0.284265, -0.04203457,
    ],
    sigma: 2.499837,
    u: [0.07411938, 0.6355738, -0.7684739],
    v: [-0.2279014, 0.1232251, 0.1961477, -0.1737702, -0.151369, 0.2127763, 0.09653892, -0.2376533],
    weight: [
      0.2888052, -0.590267, 0.4997026, -0.2688313, 0.0009606741, 0.2038519, -0.444786, 0.4161412, -0.2891104,
      0.9135081, -0.9653542, 0.6279776,
    ],
    sum: 30.6912,
  },
];

const unit = (vector: Float32Array): Float32Array => {
  const length = Math.hypot(...vector);
  return vector.map((x) => x / length);
};

const WEIGHT = wave(96, 0.3, 0.5);
const PASS: LayerPass = { shape: [1, 4, 4, 2], x: wave(32, 0.7), dy: wave(12, 1.3) };

/** uᵀ W v for W [3, 32]. */
function sigmaOf(u: ArrayLike<number>, v: ArrayLike<number>): number {
  return WEIGHT.reduce((sum, w, i) => sum + u[Math.floor(i / 32)]! * w * v[i % 32]!, 0);
}

describe.each(ENGINES)('spectralNorm on %s', (engine) => {
  const layer: LayerSpec = {
    engine,
    build: (p) => convolution({ inputs: 2, outputs: 3, kernel: 4, stride: 2, pad: 1 }, p, spectralNorm),
    parameters: { weight_orig: WEIGHT, weight_u: unit(wave(3, 0.5)), weight_v: unit(wave(32, 0.8)) },
  };

  it('iterates once a training pass, as PyTorch does, with its gradient', () =>
    withLayer(layer, async ({ pass, read }) => {
      for (const expected of TORCH) {
        const { y, weight_orig: gradient } = await pass(PASS);
        const [u, v] = [await read('weight_u'), await read('weight_v')];
        expectAgreement(u, expected.u);
        expectAgreement(v.slice(0, 8), expected.v);
        expect(sigmaOf(u, v)).toBeCloseTo(expected.sigma, 5);
        expectAgreement(y, expected.y);
        expectAgreement(gradient!.slice(0, 12), expected.weight, 5e-5);
        expect(Array.from(gradient!).reduce((sum, g) => sum + Math.abs(g), 0)).toBeCloseTo(expected.sum, 3);
      }
      expect(await read('weight_orig')).toEqual(WEIGHT);
    }));

  it.each(['evaluation', 'batch-statistics'] as const)('keeps u and v in %s mode', (mode) =>
    withLayer(layer, async ({ pass, read }) => {
      for (let i = 0; i < 3; i++) await pass(PASS);
      const before = [await read('weight_u'), await read('weight_v')];
      const { y } = await pass({ ...PASS, mode });
      expectAgreement(y, TORCH[2]!.y);
      expect([await read('weight_u'), await read('weight_v')]).toEqual(before);
    }),
  );

  it('starts u and v as unit vectors', () =>
    withLayer({ ...layer, parameters: {} }, async ({ read }) => {
      for (const name of ['weight_u', 'weight_v'])
        expect(Math.hypot(...(await read(name)))).toBeCloseTo(1, 6);
    }));
});
