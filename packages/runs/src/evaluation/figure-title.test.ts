import { definePairMetric } from '@medgan/plugin-api';
import { expect, it } from 'vitest';
import { addPlugin, builtInPlugins } from '../plugins/plugins.ts';
import { figureTitle } from './figure-title.ts';
import { usualPairMetrics } from './score-pairs.ts';

it('has one spelling per figure', () => {
  const names = [
    'psnr',
    'ssim',
    'ms_gmsd',
    'ms-gmsd',
    'mdsi',
    'haarpsi',
    'kid@random-conv',
    'recall@onnx:a@b.onnx',
  ];
  expect(names.map((name) => figureTitle(name, builtInPlugins()))).toEqual([
    'PSNR',
    'SSIM',
    'MS-GMSD',
    'MS-GMSD',
    'MDSI',
    'HaarPSI',
    'KID@random-conv',
    'recall@onnx:a@b.onnx',
  ]);
  expect(figureTitle('loss/generator', builtInPlugins())).toBe('loss/generator');
});

it('judges by the metrics of plugins beside the usual ones', () => {
  const plugins = builtInPlugins();
  const usual = usualPairMetrics(plugins).map(({ title }) => title);
  expect(usual).toEqual(['PSNR', 'SSIM', 'MS-SSIM', 'MS-GMSD', 'MDSI', 'HaarPSI']);
  const mine = definePairMetric({
    ...plugins.pairMetrics.get('psnr'),
    name: 'mean-difference',
    title: 'Mean difference',
  });
  addPlugin(plugins, mine);
  expect(usualPairMetrics(plugins).map(({ title }) => title)).toEqual([...usual, 'Mean difference']);
  expect(figureTitle('mean_difference', plugins)).toBe('Mean difference');
});
