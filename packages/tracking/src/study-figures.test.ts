import { describe, expect, it } from 'vitest';
import type { StudyRecord } from '@medgan/experiment-registry';
import { builtInDirections, studyFigures, studyParams } from './study-figures.ts';

const trial = (seed: number, size: number, result?: object): object => ({
  id: `${size}-${seed}`,
  seed,
  settings: { batch_size: size },
  state: result ? 'finished' : 'running',
  ...(result && { result }),
});
const record = {
  experiment: 'sweep',
  configuration: 'quick',
  trials: [
    trial(1, 4, {
      figures: { 'loss/generator': 1, psnr: 10, mdsi: 0.5 },
      best: { step: 2, figures: { psnr: 12 } },
    }),
    trial(2, 4, { figures: { 'loss/generator': 2, psnr: 11, mdsi: Number.NaN } }),
    trial(1, 6),
  ],
} as unknown as StudyRecord;

describe('a study’s own run', () => {
  it('has the mean and the best of each figure over the trials that have ended', async () => {
    const figures = studyFigures(record, { directionOf: await builtInDirections(), timestamp: 7 });
    expect(figures).toEqual([
      { key: 'mean/loss/generator', value: 1.5, timestamp: 7, step: 2 },
      { key: 'mean/psnr', value: 10.5, timestamp: 7, step: 2 },
      { key: 'best/psnr', value: 12, timestamp: 7, step: 2 },
      { key: 'mean/mdsi', value: 0.5, timestamp: 7, step: 2 },
      { key: 'best/mdsi', value: 0.5, timestamp: 7, step: 2 },
    ]);
  });

  it('has what the study varies as params', () => {
    expect(studyParams(record)).toEqual({
      experiment: 'sweep',
      configuration: 'quick',
      trials: 3,
      seeds: '1, 2',
      'vary.batch_size': '4, 6',
    });
  });
});
