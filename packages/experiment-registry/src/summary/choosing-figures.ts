import type { ChoosingFigure, TrialRecord } from '../trial-records.ts';
import type { StudySummary } from './study-summary.ts';

/** A figure that chooses the best checkpoint, as tables head it: a pair metric is in them twice, by two protocols. */
export const titleOf = ({ key, name }: Pick<ChoosingFigure, 'key' | 'name'>): string =>
  key === name ? name : `${name} while training`;

/** The figures by which the best checkpoints of the trials were chosen, once each. */
export function choosersOf(records: readonly TrialRecord[]): StudySummary['chosenBy'] {
  const all = records.flatMap(({ result }) => result?.chosenBy ?? []);
  return [...new Map(all.map(({ key, name, better }) => [key, { key, name, better }] as const)).values()];
}

/** By what the best checkpoints were chosen, in a sentence; undefined where no trial was evaluated while it trained. */
export function choiceText({ chosenBy }: Pick<StudySummary, 'chosenBy'>): string | undefined {
  if (chosenBy.length === 0) return undefined;
  const figures = chosenBy.map(({ name, better }) => `${name} (${better} is better)`).join(', ');
  return `The best checkpoint of a trial is the one with the best ${figures} of its fixed-noise images while it trains.`;
}
