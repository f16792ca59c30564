import type { Chart } from '../charts/curve-chart.ts';
import { LOSS_KEYS, readLosses, type LossKey, type Losses } from './read-losses.ts';
import { BUCKETS, thinCurves, type CurvePoint } from '../charts/thin-curve.ts';

/** A setting's curve: the mean over its seeds, and how far single steps reach. */
interface GroupCurve {
  readonly label: string;
  readonly seeds: number;
  readonly points: readonly CurvePoint[];
}

/** The loss curves of a study. */
export interface LossCurves {
  readonly axis: 'epoch' | 'step';
  readonly byKey: Readonly<Record<LossKey, readonly GroupCurve[]>>;
}

/** The chart of one loss. */
export const lossChart = ({ axis, byKey }: LossCurves, key: LossKey): Chart => ({ axis, curves: byKey[key] });

/** Reads and thins the losses of all settings; undefined where no run has left any. */
export async function readLossCurves(
  groups: readonly { readonly label: string; readonly logs: readonly string[] }[],
): Promise<LossCurves | undefined> {
  const read: { label: string; losses: Losses[] }[] = [];
  for (const { label, logs } of groups) {
    const losses: Losses[] = [];
    for (const log of logs) losses.push(...[await readLosses(log)].filter((each) => each !== undefined));
    if (losses.length > 0) read.push({ label, losses });
  }
  if (read.length === 0) return undefined;
  // Batches of different sizes make epochs of different lengths: epochs compare, steps do not.
  const epochs = read.every(({ losses }) => losses.every(({ stepsPerEpoch }) => stepsPerEpoch !== undefined));
  const curveOf = (key: LossKey): GroupCurve[] =>
    read.map(({ label, losses }) => ({
      label,
      seeds: losses.length,
      points: thinCurves(
        losses.map(({ steps, values, stepsPerEpoch }) => ({
          x: steps.map((step) => step / (epochs ? stepsPerEpoch! : 1)),
          y: values[key],
        })),
        BUCKETS,
      ),
    }));
  return {
    axis: epochs ? 'epoch' : 'step',
    byKey: Object.fromEntries(LOSS_KEYS.map((key) => [key, curveOf(key)])) as unknown as LossCurves['byKey'],
  };
}
