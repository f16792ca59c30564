import type { Comparison } from './compare.ts';
import type { MeanSd, Range } from './mean-sd.ts';
import type { FigureColumn, StudySummary } from './study-summary.ts';

const MINUS = '−';

/** A value with so many decimals; NaN and infinities by name. Negative numbers have a real minus sign. */
export function numberText(value: number, digits: number): string {
  if (!Number.isFinite(value)) return String(value).replace('-', MINUS);
  const text = value.toFixed(digits);
  return /[1-9]/.test(text) ? text.replace('-', MINUS) : text.replace('-', '');
}

/** `12.21 ± 0.14`; without ± for a single seed. */
export const meanSdText = ({ mean, sd }: MeanSd, digits: number): string =>
  sd === undefined || !Number.isFinite(sd)
    ? numberText(mean, digits)
    : `${numberText(mean, digits)} ± ${numberText(sd, digits)}`;

/** `7.86 … 8.01`, or one number where both are printed alike. */
export function rangeText({ min, max }: Range, digits: number): string {
  const [low, high] = [numberText(min, digits), numberText(max, digits)];
  return low === high ? low : `${low} … ${high}`;
}

/** `+0.31 better`, `−0.02 worse, within ±`, `equal`: never by sign alone, since for some figures less is better. */
export function differenceText(comparison: Comparison, digits: number): string {
  const { difference, judgement, withinSpread } = comparison;
  if (judgement === 'equal') return 'equal';
  const number = numberText(difference, digits);
  const sign = difference > 0 ? '+' : '';
  return `${sign}${number} ${judgement}${withinSpread ? ', within ±' : ''}`;
}

/** `PSNR, dB ↑`: the arrow points to what is better. */
export function headingText({ name, unit, better }: Omit<FigureColumn, 'key'>): string {
  const arrow = better === undefined ? '' : better === 'higher' ? ' ↑' : ' ↓';
  return `${name}${unit === undefined ? '' : `, ${unit}`}${arrow}`;
}

/** Decimals to print a figure of ours with: four below 0.1, three below 2, two above, and never fewer than published. */
export function digitsOf(
  { key, decimals = 0 }: FigureColumn,
  { groups }: Pick<StudySummary, 'groups'>,
): number {
  const values = groups.flatMap(({ last, published }) => [last[key]?.mean ?? 0, published[key] ?? 0]);
  const largest = Math.max(0, ...values.filter(Number.isFinite).map(Math.abs));
  const own = largest >= 2 ? 2 : largest >= 0.1 || largest === 0 ? 3 : 4;
  return Math.max(decimals, own);
}

/** `1 h 02 min`, `3 min 07 s`, `12.3 s`. */
export function durationText(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const [total, big, small] =
    seconds < 3600 ? [Math.round(seconds), 'min', 's'] : [Math.round(seconds / 60), 'h', 'min'];
  return `${Math.floor(total / 60)} ${big} ${String(total % 60).padStart(2, '0')} ${small}`;
}
