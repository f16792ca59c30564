import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseExperiment, readExperiment } from './experiment.ts';

const parse = (text: string): unknown => parseExperiment(text, 'experiments/sweep.yaml');

describe('parseExperiment', () => {
  it('fills in the defaults', () => {
    const experiment = parseExperiment('title: T\nquestion: Q\n', 'experiments/a-b.yaml');
    expect(experiment).toMatchObject({ name: 'a-b', base: {}, seeds: [0], configurations: {} });
  });

  it('lists all faults with lines and cures', () => {
    expect(() =>
      parse(`titel: T
base: []
vary:
  grid: {batch_size: 16}
  cases:
    - sett: {batch_size: 16}
seeds: [1, -1]
published:
  source: S
  figures:
    psnr: {name: PSNR, better: more}
configurations:
  papr: {}
`),
    ).toThrowErrorMatchingInlineSnapshot(`
      [MedganError: experiments/sweep.yaml has 10 faults:
        experiments/sweep.yaml:1: "title" is missing (add title:)
        experiments/sweep.yaml:1: "question" is missing (add question:)
        experiments/sweep.yaml:1: titel: unknown key "titel" (did you mean "title"?)
        experiments/sweep.yaml:2: base: must be object, found []
        experiments/sweep.yaml:4: vary.grid.batch_size: must be array, found 16
        experiments/sweep.yaml:6: vary.cases.0: "set" is missing (add set:)
        experiments/sweep.yaml:6: vary.cases.0.sett: unknown key "sett" (did you mean "set"?)
        experiments/sweep.yaml:7: seeds.1: must be >= 0, found -1
        experiments/sweep.yaml:11: published.figures.psnr.better: must be one of higher, lower, found "more"
        experiments/sweep.yaml:13: configurations.papr: unknown key "papr" (did you mean "paper"?)]
    `);
  });

  it('lists what a schema cannot say', () => {
    expect(() =>
      parse(`title: T
question: Q
base:
  seed: 3
  run: x
vary:
  grid: {batch_size: [1]}
  cases: [{set: {batch_size: 1}}]
seeds: [1, 1]
published:
  source: S
  figures: {psnr: {name: PSNR, better: higher}}
  rows:
    - {when: {batch_size: 1}, values: {pnsr: 1, ssim: 2}}
    - {values: {psnr: 1}}
configurations:
  quick:
    vary: {zip: {num_epochs: [1, 2], batch_size: [3], seed: [1, 2]}}
  paper:
    base: {seed: 1}
    vary: {cases: [{id: Upper, set: {batch_size: 1}, also: {batch_size: 2}}]}
`),
    ).toThrowErrorMatchingInlineSnapshot(`
      [MedganError: experiments/sweep.yaml has 12 faults:
        experiments/sweep.yaml:4: base.seed: an experiment has a list of seeds (write seeds: [0] at the top)
        experiments/sweep.yaml:5: base.run: a trial has a folder of its own (remove it: --out says where)
        experiments/sweep.yaml:6: vary: has grid and cases (give one of grid, zip, cases)
        experiments/sweep.yaml:9: seeds.1: seed 1 is given twice (remove one)
        experiments/sweep.yaml:14: published.rows.0.values.pnsr: is not described (did you mean "psnr"?)
        experiments/sweep.yaml:14: published.rows.0.values.ssim: is not described (add ssim to published.figures)
        experiments/sweep.yaml:15: published.rows.1: belongs to no trial (add when: {batch_size: 16}, or trial: <id of a case>)
        experiments/sweep.yaml:18: configurations.quick.vary.zip.seed: an experiment has a list of seeds (write seeds: [0] at the top)
        experiments/sweep.yaml:18: configurations.quick.vary.zip.batch_size: has 1 values where num_epochs has 2 (give lists of one length)
        experiments/sweep.yaml:20: configurations.paper.base.seed: an experiment has a list of seeds (write seeds: [0] at the top)
        experiments/sweep.yaml:21: configurations.paper.vary.cases.0.id: is not kebab-case (write it as batch-size-16)
        experiments/sweep.yaml:21: configurations.paper.vary.cases.0.also.batch_size: stands in set as well (remove one of the two)]
    `);
  });

  it('refuses a name that is no target', () => {
    expect(() => parseExperiment('title: T\nquestion: Q\n', 'experiments/My Sweep.yaml')).toThrow(
      'the name "My Sweep" is not kebab-case',
    );
  });
});

describe('readExperiment', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'medgan-experiment-'));
    writeFileSync(join(folder, 'latent-size.yaml'), 'title: T\nquestion: Q\n');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reads a file', () => {
    expect(readExperiment(join(folder, 'latent-size.yaml')).name).toBe('latent-size');
  });

  it('proposes the nearest one when there is none', () => {
    expect(() => readExperiment(join(folder, 'latent-sizes.yaml'))).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('cannot be read; there are: latent-size.yaml'),
        cure: `did you mean ${join(folder, 'latent-size.yaml')}?`,
      }),
    );
    expect(() => readExperiment(join(folder, 'none', 'x.yaml'))).toThrow(
      expect.objectContaining({ cure: 'check the path' }),
    );
  });
});
