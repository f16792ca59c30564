import type { PublishedFigure } from '../experiment-schema.ts';
import type { MeanSd } from './mean-sd.ts';

/** How ours lies to the published value, the figure's direction considered. */
export type Judgement = 'better' | 'worse' | 'equal';

/** Our value of a figure beside the published one. */
export interface Comparison {
  readonly published: number;
  /** Ours − published. */
  readonly difference: number;
  /** `equal`: ours would be printed as the published value is. */
  readonly judgement: Judgement;
  /** The difference is no larger than the standard deviation over our seeds; false when that is not known. */
  readonly withinSpread: boolean;
}

/** Decimals that a number is printed with: 12.46 → 2. */
export function decimalsOf(value: number): number {
  const [digits, exponent = '0'] = String(value).split('e') as [string, string?];
  return Math.max(0, (digits.split('.')[1]?.length ?? 0) - Number(exponent));
}

/**
 * Decimals that a figure is published with: those of its longest value, since a file does not keep the trailing zero
 * of 0.30.
 */
export const publishedDecimals = (values: readonly number[]): number =>
  Math.max(0, ...values.map(decimalsOf));

/** The value as a whole number of units of its last printed decimal: what is equal in print is equal here. */
export const inPrint = (value: number, decimals: number): number => Math.round(value * 10 ** decimals) + 0;

/** Compares ours with the published value; undefined when ours is no number. */
export function compare(
  ours: MeanSd,
  { published, decimals, better }: { published: number; decimals: number; better: PublishedFigure['better'] },
): Comparison | undefined {
  if (!Number.isFinite(ours.mean)) return undefined;
  const difference = ours.mean - published;
  const withinSpread = ours.sd !== undefined && Math.abs(difference) <= ours.sd;
  if (inPrint(ours.mean, decimals) === inPrint(published, decimals)) {
    return { published, difference, judgement: 'equal', withinSpread };
  }
  const judgement = difference > 0 === (better === 'higher') ? 'better' : 'worse';
  return { published, difference, judgement, withinSpread };
}
