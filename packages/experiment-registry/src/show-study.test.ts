import { describe, expect, it } from 'vitest';
import { expandExperiment } from './expand.ts';
import type { Study } from './study.ts';
import { parseExperiment } from './experiment.ts';
import { shownStudy, studyText } from './show-study.ts';

const study = (text: string): Study =>
  expandExperiment(parseExperiment(text, 'experiments/longer.yaml'), { control: { validate: () => [] } });

const LONGER = `
title: Longer
question: Is longer better?
base: {arch: DCGAN, labels: {real: 0.9}}
vary:
  cases:
    - {id: short, set: {num_epochs: 2}}
    - {id: long, set: {num_epochs: 3}, continues: short}
published:
  source: S
  data: D
  stated: [batch size 16]
  shown: a grid
  conclusion: it is
  use: a classifier
  figures: {psnr: {name: PSNR, unit: dB, better: higher, digits: 2}, mdsi: {name: MDSI, better: lower}}
  rows:
    - {trial: short, values: {psnr: 9.9, mdsi: 0.5}}
    - {trial: long, values: {psnr: 10}, assumed: it is printed elsewhere}
  open: [{what: latent size, assumed: '100'}]
configurations: {quick: {note: Small.}}
`;

describe('studyText', () => {
  it('shows trials, what is common, what was published and what is assumed', () => {
    expect(studyText(study(LONGER))).toMatchInlineSnapshot(`
      "Longer (longer, configuration quick of experiments/longer.yaml)

      Is longer better?

      Small.

      2 trials

      | trial | num_epochs | goes on from |
      | ----- | ---------- | ------------ |
      | short | 2          |              |
      | long  | 3          | short        |

      The same in all of them

        arch: DCGAN
        labels: {"real":0.9}
        seed: 0

      Published: S (D)

        - states: batch size 16
        - shows: a grid
        - concludes: it is
        - used for: a classifier

      | published | PSNR, dB ↑ | MDSI ↓ |
      | --------- | ---------- | ------ |
      | short     | 9.90       | 0.5    |
      | long *    | 10.00      |        |

      * long: it is printed elsewhere

      What it leaves open, and our assumption

        - latent size: 100
      "
    `);
  });

  it('shows a single trial of which nothing was published', () => {
    expect(studyText(study('title: T\nquestion: Q\nbase: {arch: DCGAN}\n'))).toMatchInlineSnapshot(`
      "T (longer, configuration quick of experiments/longer.yaml)

      Q

      1 trial

      | trial |
      | ----- |
      | base  |

        arch: DCGAN
        seed: 0
      "
    `);
  });
});

describe('shownStudy', () => {
  it('has the resolved trials', () => {
    const shown = shownStudy(study(LONGER));
    expect(shown).toMatchObject({ study: 'longer', configuration: 'quick', note: 'Small.' });
    expect(shown.trials.map(({ id, config }) => [id, config['num_epochs']])).toEqual([
      ['short', 2],
      ['long', 3],
    ]);
    expect(shown.published?.open).toHaveLength(1);
    expect(JSON.parse(JSON.stringify(shown))).toEqual(shown);
  });
});
