import type { Metric } from 'mlflow-ts-client';
import type { RunEvaluation } from '@medgan/runs';
import type { RunStatus } from '@medgan/trainer';
import { trackedName } from './flatten.ts';

/**
 * The figures of `metrics.json` as points at the checkpoint's step: `original/psnr`, `paired_mean/ms_gmsd`,
 * `sets/<metric>/<features>`, `diversity/fake`. What could not be computed has no point.
 */
export function figuresOf(evaluation: RunEvaluation, timestamp: number): Metric[] {
  const { step } = evaluation.checkpoint;
  const point = (key: string, value: number | null): Metric[] =>
    value === null ? [] : [{ key: trackedName(key), value, timestamp, step }];
  return [
    ...(['original', 'paired_mean'] as const).flatMap((protocol) =>
      Object.entries(evaluation[protocol]?.values ?? {}).flatMap(([name, { value }]) =>
        point(`${protocol}/${name}`, value),
      ),
    ),
    ...(evaluation.sets ?? []).flatMap(({ values }) =>
      values.flatMap(({ name, value }) => point(`sets/${name.replace('@', '/')}`, value)),
    ),
    ...(['real', 'fake'] as const).flatMap((side) =>
      evaluation.diversity ? point(`diversity/${side}`, evaluation.diversity[side].value) : [],
    ),
  ];
}

/** The figure of the best checkpoint as a point at its step: `best/psnr`, `best/kid/random-conv`. */
export function bestOf(status: RunStatus | undefined, timestamp: number): Metric[] {
  const best = status?.best;
  if (!best) return [];
  const key = trackedName(`best/${best.metric.replace('@', '/')}`);
  return [{ key, value: best.value, timestamp, step: best.step }];
}
