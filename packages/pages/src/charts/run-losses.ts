import { usualRange, type ChartCurve } from './curve-chart.ts';
import { paperCharts, type PaperChart } from './paper-charts.ts';
import { BUCKETS, thinCurves } from './thin-curve.ts';

/** What a run logged at a step, by log key. */
export interface LoggedStep {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

/** How the keys of every run are called to readers. */
const LABELS: Readonly<Record<string, string>> = {
  'loss/generator': 'generator',
  'loss/discriminator': 'discriminator',
  'prob/real': 'real images',
  'prob/fake_before': 'generated, before the D update',
  'prob/fake_after': 'generated, after the D update',
};

/** Probabilities must not look like the losses above them. */
const FIRST_PROBABILITY_LOOK = 2;

/** A curve with what a reader must know beside it. */
interface LoggedCurve extends ChartCurve {
  readonly values: number;
  /** The steps whose value was no finite number. */
  readonly notFinite: readonly number[];
}

/**
 * The losses of a run as SVG, and below them the probabilities that the discriminator gave, where some were logged. A
 * line is the mean of each stretch of steps, its band the lowest and the highest value there. Other log keys than
 * `loss/…` and `prob/…` are not drawn. Values that are no finite numbers are counted at the foot.
 * @param logged ascending by step.
 */
export function runLosses(logged: readonly LoggedStep[]): string {
  const losses = loggedCurves(logged, { prefix: 'loss/', firstLook: 0 });
  const probabilities = loggedCurves(logged, { prefix: 'prob/', firstLook: FIRST_PROBABILITY_LOOK });
  const axis = { axis: 'step', ...(logged.length > 0 ? { end: logged.at(-1)!.step } : {}) } as const;
  const charts: PaperChart[] = [{ ...axis, title: 'Losses', height: 320, curves: losses }];
  if (probabilities.length > 0) {
    const title = 'Probability that an image is real, by the discriminator';
    charts.push({ ...axis, title, height: 220, range: { min: 0, max: 1 }, curves: probabilities });
  }
  const notes = [...beyondAxis(losses), ...[...losses, ...probabilities].flatMap(notFiniteNote)];
  if (logged.length > BUCKETS) {
    notes.unshift(
      'Lines: means over short stretches of training. Shaded: the lowest and the highest single step.',
    );
  }
  return paperCharts(charts, notes);
}

const count = (value: number): string => value.toLocaleString('en-US');

function notFiniteNote({ label, values, notFinite }: LoggedCurve): string[] {
  const [first] = notFinite;
  if (first === undefined) return [];
  return [
    `${label}: ${count(notFinite.length)} of ${count(values)} values not finite, the first at step ${count(first)}`,
  ];
}

/** Which curves leave the axis, and how far. */
function beyondAxis(curves: readonly LoggedCurve[]): string[] {
  const { min, max } = usualRange(curves);
  return curves.flatMap(({ label, points }) => {
    const lowest = Math.min(...points.map((point) => point.min));
    const highest = Math.max(...points.map((point) => point.max));
    const beyond = [
      ...(lowest < min ? [`the lowest ${lowest.toPrecision(3)}`] : []),
      ...(highest > max ? [`the highest ${highest.toPrecision(3)}`] : []),
    ];
    return beyond.length === 0 ? [] : [`${label}: some values lie beyond the axis, ${beyond.join(' and ')}`];
  });
}

/** The curves of all keys that start with `prefix`: those of every run first, others as they appear in the log. */
function loggedCurves(
  logged: readonly LoggedStep[],
  { prefix, firstLook }: { prefix: string; firstLook: number },
): LoggedCurve[] {
  const keys = new Set(Object.keys(LABELS));
  for (const { values } of logged) for (const key of Object.keys(values)) keys.add(key);
  return [...keys]
    .filter((key) => key.startsWith(prefix))
    .map((key) => ({ key, steps: logged.filter(({ values }) => values[key] !== undefined) }))
    .filter(({ steps }) => steps.length > 0)
    .map(({ key, steps }, index) => {
      const curve = { x: steps.map(({ step }) => step), y: steps.map(({ values }) => values[key]!) };
      return {
        label: LABELS[key] ?? key.slice(prefix.length),
        look: firstLook + index,
        points: thinCurves([curve], BUCKETS),
        values: steps.length,
        notFinite: curve.x.filter((_, at) => !Number.isFinite(curve.y[at])),
      };
    });
}
