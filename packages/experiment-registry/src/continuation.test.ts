import { describe, expect, it } from 'vitest';
import { MedganError, withCure } from '@medgan/files';
import { expandExperiment, type ExpandOptions } from './expand.ts';
import type { Study } from './study.ts';
import { parseExperiment } from './experiment.ts';

const HEAD = 'title: T\nquestion: Q\n';

const expand = (text: string, options: Partial<ExpandOptions> = {}): Study =>
  expandExperiment(parseExperiment(HEAD + text, 'experiments/longer.yaml'), {
    control: { validate: () => [] },
    ...options,
  });

function refusal(cases: string, options?: Partial<ExpandOptions>): string {
  try {
    expand(`base: {batch_size: 8}\nvary:\n  cases:\n${cases}`, options);
  } catch (error) {
    if (error instanceof MedganError) return withCure(error);
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('continues', () => {
  it('may go on in epochs or in steps, and through several trials', () => {
    const study = expand(`
base: {num_epochs: 2}
vary:
  cases:
    - {id: third, set: {num_epochs: 9}, continues: second}
    - {id: second, set: {num_epochs: 4}, continues: first}
    - {id: first, set: {num_epochs: 2}}
    - {id: short, set: {max_steps: 3}}
    - {id: long, set: {max_steps: 7}, continues: short}
    - {id: unlimited, set: {dataset: x}, also: {max_steps: 1}}
    - {id: end, set: {dataset: x}, continues: unlimited}
`);
    expect(study.trials.map(({ id, continues }) => `${id} ${continues ?? '-'}`)).toEqual([
      'third second',
      'second first',
      'first -',
      'short -',
      'long short',
      'unlimited -',
      'end unlimited',
    ]);
  });

  it.each([
    [
      'a trial that is not there',
      '    - {id: early, set: {num_epochs: 1}}\n    - {set: {num_epochs: 2}, continues: earyl}\n',
      'experiments/longer.yaml:7: vary.cases.1.continues: there is no such trial (did you mean early?)',
    ],
    [
      'another setting',
      '    - {id: a, set: {num_epochs: 1}}\n    - {id: b, set: {num_epochs: 2}, also: {batch_size: 4, beta_adam: 0}, continues: a}\n',
      'experiments/longer.yaml:7: vary.cases.1.continues: b differs from a in batch_size, beta_adam (what trains on may differ in num_epochs and max_steps only)',
    ],
    [
      'a shorter trial',
      '    - {id: a, set: {num_epochs: 3}}\n    - {id: b, set: {num_epochs: 2}, continues: a}\n',
      'experiments/longer.yaml:7: vary.cases.1.continues: b is not longer than a (give it a larger num_epochs)',
    ],
    [
      'a trial of unknown length',
      '    - {id: a, set: {max_steps: 3}}\n    - {id: b, set: {num_epochs: 2, max_steps: 9}, continues: a}\n',
      'experiments/longer.yaml:7: vary.cases.1.continues: b is not longer than a (give it a larger num_epochs)',
    ],
    [
      'itself',
      '    - {id: a, set: {num_epochs: 3}, continues: a}\n',
      'experiments/longer.yaml:6: vary.cases.0.continues: a comes after itself (let the first trial continue none)',
    ],
  ])('refuses %s', (_what, cases, message) => {
    expect(refusal(cases, { seeds: [1, 2] })).toBe(`${message}`);
  });

  it('refuses a circle, naming every trial of it and none that only leads into it', () => {
    const cases = [
      '    - {id: a, set: {num_epochs: 1}, continues: b}',
      '    - {id: b, set: {num_epochs: 2}, continues: a}',
      '    - {id: c, set: {num_epochs: 3}, continues: b}',
    ];
    expect(refusal(`${cases.join('\n')}\n`)).toMatchInlineSnapshot(`
      "experiments/longer.yaml:6: vary.cases.0.continues: a comes after itself (let the first trial continue none)
        experiments/longer.yaml:7: vary.cases.1.continues: b comes after itself (let the first trial continue none)"
    `);
  });

  it('refuses two trials that an override makes one', () => {
    const cases = [
      '    - {id: a, set: {beta_adam: 0}, also: {num_epochs: 1}}',
      '    - {id: b, set: {beta_adam: 0}, also: {num_epochs: 2}, continues: a}',
    ];
    expect(refusal(`${cases.join('\n')}\n`, { overrides: { num_epochs: 5 } })).toContain(
      'two trials are the same',
    );
  });
});
