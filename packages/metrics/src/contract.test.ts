import type { Features, PairMetric, SetMetric } from '@medgan/plugin-api';
import { featuresContract, metricContract, setMetricContract } from '@medgan/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { writeTinyNetwork } from '../test/tiny-network.ts';
import * as exported from './index.ts';

const ofKind = <T>(kind: string): T[] =>
  (Object.values(exported) as unknown[]).filter(
    (value): value is T =>
      typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind,
  );

const metrics = ofKind<PairMetric>('pair-metric');
const setMetrics = ofKind<SetMetric>('set-metric');
const features = ofKind<Features>('features');

const network = await writeTinyNetwork();
afterAll(() => network.remove());

metrics.forEach(metricContract);
for (const metric of setMetrics) setMetricContract(metric);
for (const each of features) {
  if (each.name === 'onnx') featuresContract(each, { file: network.file, height: 4, width: 4 });
  else featuresContract(each);
}

describe('the built-in metrics', () => {
  it('are these of image pairs, at least, each with its direction', () => {
    expect(Object.fromEntries(metrics.map(({ name, direction }) => [name, direction]))).toMatchObject({
      gmsd: 'lower',
      haarpsi: 'higher',
      mdsi: 'lower',
      'ms-gmsd': 'lower',
      'ms-ssim': 'higher',
      psnr: 'higher',
      ssim: 'higher',
    });
  });

  it('are these of image sets, and these features, at least', () => {
    const names = [...setMetrics, ...features].map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['frechet', 'kid', 'prdc', 'onnx', 'pixels-pca', 'random-conv']),
    );
  });
});
