import { expandExperiment } from '../expand.ts';
import type { Study } from '../study.ts';
import { parseExperiment } from '../experiment.ts';
import type { Figures, TrialRecord, TrialResult } from '../trial-records.ts';

const SWEEP = `title: Batch size
question: Which batch size is best?
base: {arch: DCGAN}
vary: {grid: {batch_size: [128, 64, 16]}}
seeds: [0, 1]
published:
  source: Paper, section Results
  data: ISIC
  conclusion: 16 is best
  figures:
    psnr: {name: PSNR, unit: dB, better: higher}
    ms_gmsd: {name: MS-GMSD, better: lower, note: 0 is best}
  rows:
    - {when: {batch_size: 128}, values: {psnr: 9.91, ms_gmsd: 0.27}}
    - {when: {batch_size: 64}, values: {psnr: 12.46, ms_gmsd: 0.25}}
    - {when: {batch_size: 16}, values: {psnr: 12.76, ms_gmsd: 0.25}}
  open:
    - {what: latent size, assumed: '100'}
configurations:
  quick: {note: Small., base: {num_epochs: 1}}
`;

/** A study of three settings and two seeds with published figures; `text` takes the place of its file. */
export function exampleStudy(text = SWEEP): Study {
  return expandExperiment(parseExperiment(text, 'experiments/sweep.yaml'), {
    control: { validate: () => [] },
  });
}

export const finishedResult = (figures: Figures, rest: Partial<TrialResult> = {}): TrialResult => ({
  status: 'finished',
  figures,
  steps: 40,
  stepsPerSecond: 2,
  seconds: 20,
  grids: ['real-fake-grid.png'],
  ...rest,
});

/** Records of the study's trials; a trial without a result waits. */
export function recordsOf(study: Study, results: Readonly<Record<string, TrialResult>>): TrialRecord[] {
  return study.trials.map(({ published: _published, ...trial }) => {
    const result = results[trial.id];
    return {
      ...trial,
      state: result?.status ?? 'waiting',
      identity: 'identity',
      data: 'fingerprint',
      ...(result ? { result } : {}),
    };
  });
}
