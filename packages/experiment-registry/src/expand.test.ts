import fc from 'fast-check';
import { MedganError, withCure } from '@medgan/files';
import { validateOptions } from '@medgan/plugin-api';
import { describe, expect, it } from 'vitest';
import { expandExperiment, type ControlRules, type ExpandOptions } from './expand.ts';
import type { Study } from './study.ts';
import { parseExperiment } from './experiment.ts';
import { trialId } from './trial-names.ts';

const CONTROL = {
  type: 'object',
  additionalProperties: false,
  properties: {
    seed: { type: 'integer' },
    arch: { enum: ['DCGAN', 'SNGAN'] },
    batch_size: { type: 'integer', minimum: 1 },
    num_epochs: { type: 'integer', minimum: 1 },
    path: { type: 'string' },
    dataset: { type: 'string' },
    labels: {
      type: 'object',
      additionalProperties: false,
      properties: { real: { type: 'number', maximum: 1 } },
    },
  },
};

const control: ControlRules = {
  validate: (config) => [
    ...validateOptions(CONTROL, config).faults,
    ...(config['dataset'] === 'image-folder' && config['path'] === undefined
      ? [{ path: ['path'], message: 'image-folder needs a folder', cure: 'give --data DIR' }]
      : []),
  ],
};

const HEAD = 'title: T\nquestion: Q\n';

function expand(text: string, options: Partial<ExpandOptions> = {}): Study {
  return expandExperiment(parseExperiment(HEAD + text, 'experiments/sweep.yaml'), { control, ...options });
}

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof MedganError) return withCure(error);
    throw error;
  }
  throw new Error('nothing was refused');
}

const ids = (study: Study): string[] => study.trials.map(({ id }) => id);

describe('expandExperiment', () => {
  it('lays configuration over base, and what varies over both', () => {
    const study = expand(`
base: {arch: DCGAN, num_epochs: 200, labels: {real: 1}}
vary: {grid: {batch_size: [128, 16]}}
configurations:
  quick: {note: small, base: {num_epochs: 3, labels.real: 0.9}}
`);
    expect(study).toMatchObject({ name: 'sweep', configuration: 'quick', note: 'small', seeded: false });
    expect(study.trials).toEqual([
      {
        id: 'batch-size-128',
        label: 'batch_size 128',
        group: 'batch-size-128',
        groupLabel: 'batch_size 128',
        settings: { batch_size: 128 },
        seed: 0,
        config: { arch: 'DCGAN', num_epochs: 3, labels: { real: 0.9 }, batch_size: 128, seed: 0 },
      },
      {
        id: 'batch-size-16',
        label: 'batch_size 16',
        group: 'batch-size-16',
        groupLabel: 'batch_size 16',
        settings: { batch_size: 16 },
        seed: 0,
        config: { arch: 'DCGAN', num_epochs: 3, labels: { real: 0.9 }, batch_size: 16, seed: 0 },
      },
    ]);
  });

  it('combines a grid, the last key fastest, and repeats it for every seed', () => {
    const study = expand('vary: {grid: {arch: [DCGAN, SNGAN], batch_size: [2, 1]}}\nseeds: [0, 7]\n');
    expect(ids(study)).toEqual([
      'arch-dcgan-batch-size-2',
      'arch-dcgan-batch-size-2-seed-7',
      'arch-dcgan-batch-size-1',
      'arch-dcgan-batch-size-1-seed-7',
      'arch-sngan-batch-size-2',
      'arch-sngan-batch-size-2-seed-7',
      'arch-sngan-batch-size-1',
      'arch-sngan-batch-size-1-seed-7',
    ]);
    expect(study.trials[1]).toMatchObject({
      config: { seed: 7 },
      label: 'arch DCGAN, batch_size 2, seed 7',
      group: 'arch-dcgan-batch-size-2',
      groupLabel: 'arch DCGAN, batch_size 2',
    });
    expect(study.seeded).toBe(true);
  });

  it('zips lists, and takes cases with keys that go along', () => {
    expect(ids(expand('vary: {zip: {batch_size: [8, 4], labels.real: [1, 0.9]}}\n'))).toEqual([
      'batch-size-8-labels-real-1',
      'batch-size-4-labels-real-0.9',
    ]);
    const study = expand(`
vary:
  cases:
    - set: {batch_size: 8}
      also: {num_epochs: 5}
    - {id: longer, set: {batch_size: 8, num_epochs: 9}}
`);
    expect(study.trials.map(({ id, settings, config }) => [id, settings, config['num_epochs']])).toEqual([
      ['batch-size-8', { batch_size: 8 }, 5],
      ['longer', { batch_size: 8, num_epochs: 9 }, 9],
    ]);
  });

  it('names the trial that another goes on from, seed by seed', () => {
    const study = expand(`
vary:
  cases:
    - {set: {num_epochs: 2}}
    - {set: {num_epochs: 5}, continues: num-epochs-2}
seeds: [3, 4]
`);
    expect(study.trials.map(({ id, continues }) => [id, continues])).toEqual([
      ['num-epochs-2-seed-3', undefined],
      ['num-epochs-2-seed-4', undefined],
      ['num-epochs-5-seed-3', 'num-epochs-2-seed-3'],
      ['num-epochs-5-seed-4', 'num-epochs-2-seed-4'],
    ]);
  });

  it('runs a single trial where nothing varies', () => {
    expect(ids(expand('base: {arch: DCGAN}\n'))).toEqual(['base']);
    expect(ids(expand('base: {arch: DCGAN}\nseeds: [0, 2]\n'))).toEqual(['base', 'seed-2']);
  });

  it('calls a trial the same whatever other seeds run with it', () => {
    const text = 'vary: {grid: {batch_size: [8]}}\nseeds: [5]\n';
    expect(ids(expand(text))).toEqual(['batch-size-8-seed-5']);
    expect(ids(expand(text, { seeds: [0] }))).toEqual(['batch-size-8']);
    expect(ids(expand(text, { seeds: [0, 5] }))).toEqual(['batch-size-8', 'batch-size-8-seed-5']);
    expect(expand(text, { seeds: [0, 5] }).trials.map(({ config }) => config['seed'])).toEqual([0, 5]);
  });

  it('lets a configuration have its own values and seeds, and a folder of its own', () => {
    const text = `
vary: {grid: {batch_size: [1]}}
configurations:
  paper: {vary: {grid: {batch_size: [128, 64]}}, seeds: [5]}
`;
    expect(ids(expand(text))).toEqual(['batch-size-1']);
    const paper = expand(text, { configuration: 'paper' });
    expect(ids(paper)).toEqual(['batch-size-128-seed-5', 'batch-size-64-seed-5']);
    expect(paper.name).toBe('sweep-paper');
    expect(paper.trials[0]!.seed).toBe(5);
    expect(refusal(() => expand(text, { configuration: 'papr' }))).toMatchInlineSnapshot(`
      "experiments/sweep.yaml has no configuration "papr"; it has: quick, paper
        cure: did you mean "paper"?"
    `);
  });

  it('lays --set over everything but what is compared', () => {
    const text = 'vary: {cases: [{set: {batch_size: 8}, also: {num_epochs: 5, labels: {real: 1}}}]}\n';
    const study = expand(text, { overrides: { num_epochs: 1, 'labels.real': 0.5, seed: 3 } });
    expect(study.trials[0]!.config).toEqual({ batch_size: 8, num_epochs: 1, labels: { real: 0.5 }, seed: 3 });
    expect(refusal(() => expand(text, { overrides: { batch_size: 2 } }))).toMatchInlineSnapshot(`
      "--set batch_size: this is what the experiment varies
        cure: leave --set batch_size out, or change the values in the file"
    `);
    expect(() => expand(text, { overrides: { seed: 'x' } })).toThrow('--set seed="x": must be integer');
  });

  it('completes a config by what the machine knows', () => {
    const study = expand('base: {dataset: image-folder}\n', {
      control: { ...control, complete: (config) => ({ path: '/data', ...config }) },
    });
    expect(study.trials[0]!.config['path']).toBe('/data');
  });

  it('finds the published row of a trial', () => {
    const text = `
base: {arch: DCGAN, labels: {real: 0.9}}
vary: {grid: {batch_size: [128, 16, 4]}}
published:
  source: S
  figures: {psnr: {name: PSNR, better: higher}}
  rows:
    - {when: {batch_size: 128, labels.real: 0.9}, values: {psnr: 1}}
    - {when: {batch_size: 16, arch: DCGAN}, values: {psnr: 2}}
    - {when: {batch_size: 4, arch: SNGAN}, values: {psnr: 3}}
`;
    expect(expand(text).trials.map((trial) => trial.published?.values)).toEqual([
      { psnr: 1 },
      { psnr: 2 },
      undefined,
    ]);
  });

  it('finds the published row of a case by its id, seed by seed', () => {
    const text = `
vary: {cases: [{id: short, set: {num_epochs: 1}}, {id: long, set: {num_epochs: 2}}]}
seeds: [0, 1]
published:
  source: S
  figures: {psnr: {name: PSNR, better: higher}}
  rows: [{trial: long, values: {psnr: 2}, assumed: why}]
`;
    expect(expand(text).trials.map(({ id, published }) => [id, published?.assumed])).toEqual([
      ['short', undefined],
      ['short-seed-1', undefined],
      ['long', 'why'],
      ['long-seed-1', 'why'],
    ]);
  });

  it('lists every fault of every trial with its line before anything is run', () => {
    const text = `base:
  arch: DCGAM
  dataset: image-folder
vary:
  grid:
    batch_size: [128, 0, many]
configurations:
  quick:
    base:
      labels: {real: 2, reel: 1}
`;
    expect(refusal(() => expand(text, { overrides: { num_epochs: 0 } }))).toMatchInlineSnapshot(`
      "experiments/sweep.yaml: trials that cannot run, so none was started:
        experiments/sweep.yaml:4: base.arch: must be one of DCGAN, SNGAN, found "DCGAM" [all trials]
        --set num_epochs=0: must be >= 1 [all trials]
        experiments/sweep.yaml:12: configurations.quick.base.labels.reel: unknown key "reel" (did you mean "real"?) [all trials]
        experiments/sweep.yaml:12: configurations.quick.base.labels.real: must be <= 1, found 2 [all trials]
        experiments/sweep.yaml:11: configurations.quick.base: path: image-folder needs a folder (give --data DIR) [all trials]
        experiments/sweep.yaml:8: vary.grid.batch_size.1: must be >= 1, found 0 [batch-size-0]
        experiments/sweep.yaml:8: vary.grid.batch_size.2: must be integer, found "many" [batch-size-many]"
    `);
  });

  it('refuses equal trials', () => {
    expect(refusal(() => expand('vary: {grid: {batch_size: [1, 2, 1]}}\n'))).toMatchInlineSnapshot(
      `"experiments/sweep.yaml:3: vary.grid: two trials are the same: batch_size 1 (remove one of them)"`,
    );
    expect(refusal(() => expand('vary: {zip: {path: [a b, a-b]}}\n'))).toMatchInlineSnapshot(
      `"experiments/sweep.yaml:3: vary.zip: two trials have the folder path-a-b: path a b; path a-b (write them as cases, each with an id)"`,
    );
  });
});

describe('trialId', () => {
  it('is a plain folder name, whatever the values are', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }), (settings) => {
        const id = trialId({ settings });
        expect(id).toMatch(/^[a-z0-9]+([.-][a-z0-9]+)*$/);
        expect(id.length).toBeLessThanOrEqual(80);
      }),
    );
  });

  it('distinguishes numbers', () => {
    const names = [0.1, 1, -1, 1e-7, 10].map((lr) => trialId({ settings: { lr } }));
    expect(names).toEqual(['lr-0.1', 'lr-1', 'lr-minus-1', 'lr-1e-7', 'lr-10']);
  });
});
