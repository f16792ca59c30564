import type { Direction, PairMetric } from '@medgan/plugin-api';

/** ↑ where higher is better, ↓ where lower is. */
export const arrow = (direction: Direction): string => (direction === 'higher' ? '↑' : '↓');

/** A metric as it heads a table: `PSNR ↑ (dB)`. */
export const metricHeading = ({ title, direction, unit }: PairMetric): string =>
  `${title} ${arrow(direction)}${unit === undefined ? '' : ` (${unit})`}`;

/** A value in four significant digits, none of them after four decimals; – where there is none. */
export function metricValueText(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  const size = Math.abs(value);
  if (size >= 1000 || (size > 0 && size < 0.001)) return value.toPrecision(4);
  return value.toFixed(size >= 10 ? 2 : 4);
}

/** Says how to read the arrows, and which of the metrics are distances. */
export function directionsNote(metrics: readonly { title: string; direction: Direction }[]): string {
  const lower = metrics.filter(({ direction }) => direction === 'lower').map(({ title }) => title);
  const names = lower.length > 1 ? `${lower.slice(0, -1).join(', ')} and ${lower.at(-1)}` : lower[0];
  return names === undefined
    ? '↑ higher is better'
    : `↑ higher is better, ↓ lower is better: ${names} measure${lower.length > 1 ? '' : 's'} distortion, 0 is best`;
}
