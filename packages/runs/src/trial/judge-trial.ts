import { defined } from '@medgan/files';
import type { ChoosingFigure, Figures, TrialResult } from '@medgan/experiment-registry';
import type { LoggedValues, TrainResult } from '@medgan/trainer';
import { evaluateRun } from '../evaluation/evaluate-run.ts';
import type { RunAtWork } from '../run/opened-run.ts';
import type { RunReporter } from '../run/run-reporter.ts';
import type { PairTable } from '../evaluation/pair-tables.ts';
import { PUBLISHED_METRICS, jsonKey } from '../evaluation/score-pairs.ts';

/** The table has the losses; the log has the rest. */
export const lossesOf = (values: LoggedValues | undefined): Figures =>
  values === undefined
    ? {}
    : {
        'loss/discriminator': values['loss/discriminator'],
        'loss/generator': values['loss/generator'],
      };

/** The values of the published metrics, by JSON key. */
export const figuresOf = (estimates: PairTable['values']): Figures =>
  Object.fromEntries(
    PUBLISHED_METRICS.flatMap((name) => {
      const value = estimates[jsonKey(name)]!.value;
      return value === null ? [] : [[jsonKey(name), value]];
    }),
  );

/** Pair metrics have the same names in the published tables, where they are measured by another protocol. */
export const keyOf = (metric: string): string => (metric.includes('@') ? metric : `while_training/${metric}`);

/** The figure by which the best checkpoint was chosen: at the last step, and at the best one. */
function choiceOf({ final, best }: Pick<TrainResult, 'final' | 'best'>): {
  readonly last: Figures;
  readonly best: Figures;
  readonly chosenBy?: ChoosingFigure;
} {
  if (!best) return { last: {}, best: {} };
  const { metric: name, direction: better, value, step } = best;
  const key = keyOf(name);
  const last = final?.[`metric/${name}`];
  return {
    last: last === undefined ? {} : { [key]: last },
    best: { [key]: value },
    chosenBy: { key, name, better, value, step },
  };
}

/**
 * The figures of the published tables, by the original's protocol: of the trial's last images, and of its best checkpoint
 * where that is another one; beside them the figure that chose it, as it was while the trial trained. `metrics.json` of
 * the run folder is of the last.
 */
export async function judgeTrial(
  run: RunAtWork,
  { steps, final, best }: Pick<TrainResult, 'steps' | 'final' | 'best'>,
  reporter: RunReporter,
): Promise<Pick<TrialResult, 'figures' | 'best' | 'chosenBy' | 'floor' | 'ceiling'>> {
  const judge = async (checkpoint: 'last' | 'best'): Promise<PairTable> => {
    // It takes seconds, and a trial without its figures would have to be called failed.
    const { signal } = new AbortController();
    const protocol = { protocol: 'original', offByOne: false, seed: 0 } as const;
    return (await evaluateRun(run, { ...protocol, reporter, signal, checkpoint })).original!;
  };
  const other = best && best.step !== steps ? { step: best.step, table: await judge('best') } : undefined;
  const last = await judge('last');
  const choice = choiceOf({ final, best });
  return {
    figures: { ...lossesOf(final), ...figuresOf(last.values), ...choice.last },
    ...defined({ chosenBy: choice.chosenBy }),
    floor: figuresOf(last.floor),
    ceiling: figuresOf(last.ceiling),
    ...(other
      ? { best: { step: other.step, figures: { ...figuresOf(other.table.values), ...choice.best } } }
      : {}),
  };
}
