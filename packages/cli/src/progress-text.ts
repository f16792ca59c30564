import type { TrialProgress } from '@medgan/plugin-api';
import type { Progress } from '@medgan/trainer';
import { duration } from '@medgan/runs';

const fixed = (value: number | undefined): string =>
  value === undefined || !Number.isFinite(value) ? String(value ?? '–') : value.toFixed(3);

/** How far a training has come, the most important first: a narrow line goes without the last ones. */
export function progressParts(progress: Progress | TrialProgress): string[] {
  const { step, totalSteps, epoch, epochs, stepsPerSecond, secondsLeft } = progress;
  const values: Readonly<Record<string, number | undefined>> = progress.values;
  const judged = values['prob/real'] !== undefined;
  return [
    `step ${step}/${totalSteps}`,
    ...(secondsLeft === undefined ? [] : [`${duration(secondsLeft)} left`]),
    ...(stepsPerSecond === undefined ? [] : [`${stepsPerSecond.toFixed(2)} steps/s`]),
    `loss D ${fixed(values['loss/discriminator'])} G ${fixed(values['loss/generator'])}`,
    `epoch ${epoch}/${epochs}`,
    // The original's: D(x), and D(G(z)) before and after the discriminator's update.
    ...(judged
      ? [
          `D(x) ${fixed(values['prob/real'])}`,
          `D(G(z)) ${fixed(values['prob/fake_before'])} / ${fixed(values['prob/fake_after'])}`,
        ]
      : []),
  ];
}

/** A text on one line, cut to `width` cells, the cut marked. */
export function fitted(text: string, width: number): string {
  const line = text.replace(/\p{Cc}/gu, ' ');
  return line.length <= width ? line : width < 1 ? '' : `${line.slice(0, width - 1)}…`;
}

/** Parts on one line of `width` cells; where there is no room for all, the last ones go. */
export function joined(all: readonly string[], width: number): string {
  let count = all.length;
  while (count > 1 && all.slice(0, count).join(' · ').length > width) count--;
  return fitted(all.slice(0, count).join(' · '), width);
}
