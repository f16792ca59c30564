import type { Series } from './curve-series.ts';
import { LINE_COLOURS } from './palette.ts';

/** What was logged at a step, by log key. */
export interface CurvePoint {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

const [BLUE, VERMILION, GREEN, PURPLE, OCHRE, SLATE] = LINE_COLOURS;

/** How the trainer's log keys are named to readers, and their colours. */
const KNOWN: Readonly<Record<string, { label: string; colour: string }>> = {
  'loss/generator': { label: 'generator', colour: BLUE },
  'loss/discriminator': { label: 'discriminator', colour: VERMILION },
  'prob/real': { label: 'real images', colour: GREEN },
  'prob/fake_before': { label: 'generated, before the D update', colour: PURPLE },
  'prob/fake_after': { label: 'generated, after the D update', colour: OCHRE },
};
const OTHER_COLOURS = [GREEN, PURPLE, OCHRE, SLATE] as const;

/**
 * The series whose key starts with `prefix`: the trainer's own first, the others in the order they appear. A step that
 * logged nothing under a key is no point of it.
 * @param points by ascending step.
 */
export function loggedSeries(points: readonly CurvePoint[], prefix: string): Series[] {
  const keys = new Set(Object.keys(KNOWN));
  for (const { values } of points) for (const key of Object.keys(values)) keys.add(key);
  let others = 0;
  return [...keys].flatMap((key) => {
    if (!key.startsWith(prefix)) return [];
    const logged = points.filter(({ values }) => Object.hasOwn(values, key));
    if (logged.length === 0) return [];
    const style = KNOWN[key] ?? {
      label: key.slice(prefix.length),
      colour: OTHER_COLOURS[others++ % OTHER_COLOURS.length]!,
    };
    return {
      ...style,
      steps: logged.map(({ step }) => step),
      values: logged.map(({ values }) => values[key]!),
    };
  });
}
