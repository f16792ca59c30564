import type { Metric } from 'mlflow-ts-client';
import type { StudyRecord, TrialRecord } from '@medgan/experiment-registry';
import type { Direction } from '@medgan/plugin-api';
import { trackedName } from './flatten.ts';

/** Whether higher or lower values of a figure are better, by its name: `ms_gmsd`, `kid@random-conv`; losses have neither. */
export type DirectionOf = (figure: string) => Direction | undefined;

/** Directions of the built-in metrics. */
export async function builtInDirections(): Promise<DirectionOf> {
  const known = new Map<string, Direction>();
  for (const plugin of Object.values(await import('@medgan/metrics'))) {
    if (typeof plugin !== 'object' || !('kind' in plugin)) continue;
    if (plugin.kind === 'pair-metric') known.set(plugin.name.replaceAll('-', '_'), plugin.direction);
    if (plugin.kind === 'set-metric')
      for (const { name, direction } of plugin.values) known.set(name, direction);
  }
  return (figure) => known.get(figure.split('@')[0]!);
}

/** Every value of a figure that a trial has: of its last checkpoint, and of its best one. */
function valuesOf({ result }: TrialRecord, figure: string): number[] {
  const values = [result?.figures[figure], result?.best?.figures[figure]];
  return values.filter((value): value is number => typeof value === 'number' && Number.isFinite(value));
}

/**
 * Figures of a study as points of its own run, at the number of trials that have ended: `mean/<figure>` over the last
 * checkpoints of the trials, `best/<figure>` over their last and best checkpoints.
 */
export function studyFigures(
  { trials }: StudyRecord,
  { directionOf, timestamp }: { readonly directionOf: DirectionOf; readonly timestamp: number },
): Metric[] {
  const ended = trials.filter(({ result }) => result !== undefined);
  const names = [...new Set(ended.flatMap(({ result }) => Object.keys(result!.figures)))];
  return names.flatMap((figure) => {
    const name = trackedName(figure.replace('@', '/'));
    const point = (key: string, value: number): Metric => ({ key, value, timestamp, step: ended.length });
    const last = ended
      .map(({ result }) => result!.figures[figure])
      .filter((value): value is number => typeof value === 'number' && Number.isFinite(value));
    const all = ended.flatMap((trial) => valuesOf(trial, figure));
    const chooser = ended.find(({ result }) => result!.chosenBy?.key === figure)?.result!.chosenBy;
    const direction = chooser?.better ?? directionOf(figure);
    return [
      ...(last.length === 0
        ? []
        : [point(`mean/${name}`, last.reduce((sum, value) => sum + value, 0) / last.length)]),
      ...(direction === undefined || all.length === 0
        ? []
        : [point(`best/${name}`, direction === 'higher' ? Math.max(...all) : Math.min(...all))]),
    ];
  });
}

/** What a study varies, as params of its own run: `vary.batch_size` → `4, 6`. */
export function studyParams({
  experiment,
  configuration,
  trials,
}: StudyRecord): Record<string, string | number> {
  const varied = new Map<string, Set<string>>();
  for (const { settings } of trials) {
    for (const [key, value] of Object.entries(settings)) {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      varied.set(key, (varied.get(key) ?? new Set()).add(text));
    }
  }
  return {
    experiment,
    configuration,
    trials: trials.length,
    seeds: [...new Set(trials.map(({ seed }) => seed))].join(', '),
    ...Object.fromEntries(
      [...varied].map(([key, values]) => [trackedName(`vary.${key}`), [...values].join(', ')]),
    ),
  };
}
