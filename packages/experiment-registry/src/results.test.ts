import { describe, expect, it } from 'vitest';
import { resultsMarkdown } from './results.ts';
import { exampleStudy, finishedResult, recordsOf } from './summary/example-study.testing.ts';

describe('resultsMarkdown', () => {
  it('sets means over the seeds beside the published figures, and says whether the orderings agree', () => {
    const study = exampleStudy();
    const psnr = { 128: 9.4, 64: 12, 16: 12.75 };
    const results = Object.entries(psnr).flatMap(([size, value]) =>
      [0, 1].map((seed) => [
        seed === 0 ? `batch-size-${size}` : `batch-size-${size}-seed-${seed}`,
        finishedResult(
          { psnr: value + seed / 10, ms_gmsd: 0.25 + seed / 1000 },
          {
            floor: { psnr: 7.86, ms_gmsd: 0.258 },
            ceiling: { psnr: 12.22 + seed / 100, ms_gmsd: 0.264 },
            ...(size === '128' ? { best: { step: 20, figures: { psnr: 11, ms_gmsd: 0.25 } } } : {}),
          },
        ),
      ]),
    );
    const records = recordsOf(study, Object.fromEntries(results));
    const text = resultsMarkdown({ study, records, dir: '/runs/sweep' });
    expect(text.slice(text.indexOf('**Verdict.**'), text.indexOf('## Trials'))).toMatchInlineSnapshot(`
      "**Verdict.** Our ordering of the settings agrees with the published one: all 3 comparisons that can be decided go the same way. 2 comparisons are left undecided: our settings differ by less than the printed decimals show, or less than the standard deviation over the seeds. 1 comparison is void: the published values are equal. 2 seeds per setting.

      ## Figures

      | setting        |                             |             PSNR, dB ↑ |     MS-GMSD ↓ |
      | -------------- | --------------------------- | ---------------------: | ------------: |
      | batch_size 128 | ours, last, 2 seeds         |            9.45 ± 0.07 | 0.251 ± 0.001 |
      |                | published                   |                 *9.91* |        *0.27* |
      |                | difference, last            |            −0.46 worse | −0.020 better |
      |                | ours, best, 2 seeds         |           11.00 ± 0.00 | 0.250 ± 0.000 |
      |                | difference, best            |           +1.09 better | −0.020 better |
      | batch_size 64  | ours, last, 2 seeds         |           12.05 ± 0.07 | 0.251 ± 0.001 |
      |                | published                   |                *12.46* |        *0.25* |
      |                | difference, last            |            −0.41 worse |         equal |
      | batch_size 16  | ours, last, 2 seeds         |           12.80 ± 0.07 | 0.251 ± 0.001 |
      |                | published                   |                *12.76* |        *0.25* |
      |                | difference, last            | +0.04 better, within ± |         equal |
      | for comparison | other real images (ceiling) |          12.22 … 12.23 |         0.264 |
      |                | noise (floor)               |                   7.86 |         0.258 |

      ## Ordering of the settings

      | figure  | ours, best first | published, best first | ordering  | same | opposite | undecided | equal in print |  τ_b |
      | ------- | ---------------- | --------------------- | --------- | ---: | -------: | --------: | -------------: | ---: |
      | PSNR    | 16 > 64 > 128    | 16 > 64 > 128         | agrees    |    3 |        0 |         0 |              0 | 1.00 |
      | MS-GMSD | 128 = 64 = 16    | 64 = 16 > 128         | undecided |    0 |        0 |         2 |              1 |    – |

      "
    `);
    expect(text).toContain('| batch_size | seed |');
    expect(text).toContain('- MS-GMSD: 0 is best');
    expect(text).toContain('- latent size: 100');
  });

  it('has the figure by which the best checkpoints are chosen, its direction and its features', () => {
    const study = exampleStudy();
    const chosenBy = { key: 'kid@random-conv', name: 'kid@random-conv', better: 'lower' } as const;
    const result = finishedResult(
      { psnr: 9.4, 'kid@random-conv': 0.0312 },
      {
        best: { step: 20, figures: { psnr: 11, 'kid@random-conv': 0.0123 } },
        chosenBy: { ...chosenBy, value: 0.0123, step: 20 },
      },
    );
    const records = recordsOf(study, { 'batch-size-128': result });
    const text = resultsMarkdown({ study, records, dir: '/runs/sweep' });
    expect(text).toContain(
      'The best checkpoint of a trial is the one with the best kid@random-conv (lower is better) of its fixed-noise images while it trains.',
    );
    const figures = text.slice(text.indexOf('## Figures'), text.indexOf('## Trials'));
    expect(figures.split('\n').slice(2, 8).join('\n')).toMatchInlineSnapshot(`
      "| setting        |                               |   PSNR, dB ↑ | MS-GMSD ↓ | kid@random-conv ↓ |
      | -------------- | ----------------------------- | -----------: | --------: | ----------------: |
      | batch_size 128 | ours, last                    |         9.40 |           |            0.0312 |
      |                | published                     |       *9.91* |    *0.27* |                   |
      |                | difference, last              |  −0.51 worse |           |                   |
      |                | ours, best by kid@random-conv |        11.00 |           |            0.0123 |"
    `);
    const trials = text.slice(text.indexOf('## Trials'));
    expect(trials.split('\n').slice(2, 5).join('\n')).toMatchInlineSnapshot(`
      "| batch_size | seed | PSNR, dB ↑ | kid@random-conv ↓ | best step | best kid@random-conv ↓ | steps | steps/s |   time | published PSNR, dB ↑ | published MS-GMSD ↓ | grid                                                | state    |
      | ---------: | ---: | ---------: | ----------------: | --------: | ---------------------: | ----: | ------: | -----: | -------------------: | ------------------: | --------------------------------------------------- | -------- |
      |        128 |    0 |      9.400 |             0.031 |        20 |                  0.012 |    40 |    2.00 | 20.0 s |               *9.91* |              *0.27* | [batch-size-128](batch-size-128/real-fake-grid.png) | finished |"
    `);
  });

  it('separates a pair metric that chooses from the same one of the published tables', () => {
    const study = exampleStudy();
    const result = finishedResult(
      { psnr: 9.4, 'while_training/psnr': 10.5 },
      { chosenBy: { key: 'while_training/psnr', name: 'psnr', better: 'higher', value: 10.5, step: 40 } },
    );
    const text = resultsMarkdown({
      study,
      records: recordsOf(study, { 'batch-size-128': result }),
      dir: '/runs',
    });
    expect(text).toContain('| psnr while training ↑ |');
    expect(text).toContain('the best psnr (higher is better)');
  });
});
