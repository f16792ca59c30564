import { describe, expect, it } from 'vitest';
import type { TrialResult } from '../trial-records.ts';
import { exampleStudy, finishedResult, recordsOf } from './example-study.testing.ts';
import { summarise } from './summarise.ts';
import { trialId } from '../trial-names.ts';

const PSNR = { 128: [9, 10], 64: [12.4, 12.6], 16: [12.5, 12.7] } as const;

/** Two seeds each; batch size 16 has a better checkpoint before its end, by one seed. */
function results(): Record<string, TrialResult> {
  const all: Record<string, TrialResult> = {};
  for (const [size, psnrs] of Object.entries(PSNR)) {
    for (const [seed, psnr] of psnrs.entries()) {
      all[trialId({ settings: { batch_size: Number(size) }, seed })] = finishedResult(
        { 'loss/generator': 1.5, psnr, ms_gmsd: 0.25 },
        {
          floor: { psnr: 7 + seed },
          ceiling: { psnr: 12.2 },
          ...(size === '16' && seed === 0
            ? { best: { step: 30, figures: { psnr: 13.5, ms_gmsd: 0.2 } } }
            : {}),
        },
      );
    }
  }
  return all;
}

describe('summarise', () => {
  const study = exampleStudy();

  it('averages the seeds of a setting, at the last and at the best checkpoint', () => {
    const { groups, figures, floor, ceiling, seconds, state } = summarise({
      study,
      records: recordsOf(study, results()),
    });
    expect(figures.map(({ key, decimals }) => [key, decimals])).toEqual([
      ['psnr', 2],
      ['ms_gmsd', 2],
      ['loss/generator', undefined],
    ]);
    expect(groups.map(({ label, finished }) => [label, finished])).toEqual([
      ['batch_size 128', 2],
      ['batch_size 64', 2],
      ['batch_size 16', 2],
    ]);
    const [first, , last] = groups;
    expect(first!.last['psnr']).toEqual({ mean: 9.5, sd: Math.SQRT1_2, n: 2 });
    expect(first!.best).toBeUndefined();
    expect(first!.comparisons['psnr']).toMatchObject({
      published: 9.91,
      judgement: 'worse',
      withinSpread: true,
    });
    // The seed whose best is its last counts with its last.
    expect(last!.best!['psnr']!.mean).toBeCloseTo((13.5 + 12.7) / 2, 12);
    expect(last!.bestSteps).toEqual([30]);
    expect(last!.bestComparisons['psnr']!.judgement).toBe('better');
    expect(last!.comparisons['ms_gmsd']!.judgement).toBe('equal');
    expect([floor, ceiling]).toEqual([{ psnr: { min: 7, max: 8 } }, { psnr: { min: 12.2, max: 12.2 } }]);
    expect([seconds, state]).toEqual([120, 'finished']);
  });

  it('says whether the orderings agree, and what stays undecided', () => {
    const { verdict } = summarise({ study, records: recordsOf(study, results()) });
    expect(verdict).toMatchObject({ kind: 'agrees', short: 'agrees' });
    expect(verdict.text).toMatchInlineSnapshot(
      `"Our ordering of the settings agrees with the published one: all 2 comparisons that can be decided go the same way. 3 comparisons are left undecided: our settings differ by less than the printed decimals show, or less than the standard deviation over the seeds. 1 comparison is void: the published values are equal. 2 seeds per setting."`,
    );
    expect(verdict.figures).toMatchObject([
      {
        figure: 'psnr',
        agreement: 'agrees',
        concordant: 2,
        undecided: 1,
        ourOrder: '16 > 64 > 128',
      },
      {
        figure: 'ms_gmsd',
        tau: undefined,
        agreement: 'undecided',
        undecided: 2,
        tied: 1,
        publishedOrder: '64 = 16 > 128',
      },
    ]);
  });

  it('distinguishes a reversed ordering from one that agrees in part', () => {
    const verdictOf = (values: Readonly<Record<number, number>>): unknown => {
      const trials = Object.entries(values).flatMap(([size, psnr]) =>
        [0, 1].map(
          (seed) =>
            [trialId({ settings: { batch_size: Number(size) }, seed }), finishedResult({ psnr })] as const,
        ),
      );
      return summarise({ study, records: recordsOf(study, Object.fromEntries(trials)) }).verdict;
    };
    expect(verdictOf({ 128: 13, 64: 12, 16: 11 })).toMatchObject({ kind: 'disagrees', short: 'disagrees' });
    expect(verdictOf({ 128: 11, 64: 13, 16: 12 })).toMatchObject({
      kind: 'partly',
      short: 'agrees in part (2 of 3)',
      text: expect.stringContaining(
        'of 3 comparisons that can be decided, 2 go the same way and 1 the other',
      ),
    });
    expect(verdictOf({ 128: 11, 64: 11, 16: 11 })).toMatchObject({ kind: 'undecided' });
  });

  it.each([
    ['nothing ran', {}, 'not-run', 'not run'],
    ['one setting ran', { 'batch-size-16': finishedResult({ psnr: 12 }) }, 'incomplete', 'incomplete'],
    [
      'a trial failed',
      { 'batch-size-16': finishedResult({}, { status: 'failed', reason: 'out of memory' }) },
      'not-run',
      'failed',
    ],
  ] as const)('where %s', (_, some, kind, state) => {
    const summary = summarise({ study, records: recordsOf(study, some) });
    expect([summary.verdict.kind, summary.state]).toEqual([kind, state]);
    expect(summary.groups).toHaveLength(3);
  });

  it('sums up a study that has no records at all', () => {
    const { state, groups } = summarise({ study, records: [] });
    expect([state, groups.map(({ last }) => last)]).toEqual(['not run', [{}, {}, {}]]);
  });

  it('says so where nothing, or one setting only, was published', () => {
    const file = (published: string): string =>
      `title: T\nquestion: Q?\nvary: {grid: {batch_size: [1, 2]}}\n${published}`;
    const records = (text: string): string => {
      const plain = exampleStudy(file(text));
      const done = {
        'batch-size-1': finishedResult({ psnr: 1 }),
        'batch-size-2': finishedResult({ psnr: 2 }),
      };
      return summarise({ study: plain, records: recordsOf(plain, done) }).verdict.kind;
    };
    expect(records('')).toBe('nothing-published');
    const one =
      'published: {source: S, figures: {psnr: {name: P, better: higher}}, rows: [{when: {batch_size: 1}, values: {psnr: 1}}]}';
    expect(records(one)).toBe('nothing-to-order');
  });

  it('finds the groups again when the run had other seeds than the file', () => {
    const records = recordsOf(study, results())
      .filter(({ seed }) => seed === 0)
      .map((record) => ({ ...record, id: record.group, seed: 7 }));
    const { groups } = summarise({ study, records });
    expect(groups.map(({ finished }) => finished)).toEqual([1, 1, 1]);
  });

  it('describes figures that the study does not', () => {
    const plain = exampleStudy('title: T\nquestion: Q?\n');
    const records = recordsOf(plain, { base: finishedResult({ loss: 1, psnr: 2 }) });
    const { figures } = summarise({
      study: plain,
      records,
      describe: { psnr: { name: 'PSNR', better: 'higher' } },
    });
    expect(figures).toEqual([
      { key: 'psnr', name: 'PSNR', better: 'higher' },
      { key: 'loss', name: 'loss' },
    ]);
  });
});
