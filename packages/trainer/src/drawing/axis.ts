/** A mark on an axis. */
interface Tick {
  /** In plotted values: those of the data, or their decimal logarithms on a log axis. */
  readonly at: number;
  readonly label: string;
}

/** An axis between `low` and `high`, plotted values. */
export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly Tick[];
}

export interface LinearAxisOptions {
  /** About how many ticks; default 6. */
  readonly ticks?: number;
  /** The axis grows to the next tick at both ends. */
  readonly snap?: boolean;
  /** Ticks at integers only. */
  readonly integers?: boolean;
}

/** Share of the span a tick may lie outside by rounding. */
const SLACK = 1e-9;

/** The smallest of 1, 2, 5 × 10^k that is at least `rough`. */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough * (1 - SLACK))!;
  return factor * power;
}

/** A value as people write it: 12,500, 0.25, 3e−7. `resolution` is the difference that must show. */
export function formatValue(value: number, resolution = Math.abs(value) / 100): string {
  const size = Math.abs(value);
  if (size > 0 && (size >= 1e9 || size < 1e-4)) {
    const digits = Math.min(12, Math.max(0, Math.ceil(Math.log10(size / resolution) - SLACK)));
    const [mantissa = '', exponent = ''] = value.toExponential(digits).split('e');
    return `${Number(mantissa)}e${Number(exponent)}`.replaceAll('-', '−');
  }
  if (size === 0 && resolution < 1e-4) return '0';
  const decimals = resolution > 0 ? Math.min(8, Math.max(0, -Math.floor(Math.log10(resolution) + SLACK))) : 0;
  const [whole = '', fraction] = size.toFixed(decimals).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const sign = value < 0 && Number(size.toFixed(decimals)) !== 0 ? '−' : '';
  return sign + (fraction === undefined ? grouped : `${grouped}.${fraction}`);
}

/** The ends of an axis: where all values are as good as one, some room around it. */
function spread(low: number, high: number): [number, number] {
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (high - low > SLACK * size) return [low, high];
  const room = size * 0.1 || 1;
  return [low - room, high + room];
}

/** A linear axis over [low, high] with ticks at 1, 2 or 5 × 10^k. */
export function linearAxis(low: number, high: number, options: LinearAxisOptions = {}): Axis {
  const { ticks: wanted = 6, snap = false, integers = false } = options;
  const [from, to] = spread(low, high);
  const nice = niceStep(to / wanted - from / wanted);
  const step = integers ? Math.max(1, nice) : nice;
  const first = snap ? Math.floor(from / step + SLACK) : Math.ceil(from / step - SLACK);
  const last = snap ? Math.ceil(to / step - SLACK) : Math.floor(to / step + SLACK);
  const ticks: Tick[] = [];
  for (let k = first; k <= last; k++) ticks.push({ at: k * step, label: formatValue(k * step, step) });
  return snap ? { low: first * step, high: last * step, ticks } : { low: from, high: to, ticks };
}

/** Ticks of a log axis within a decade, dense to sparse. */
const DECADE_MARKS = [[1, 2, 5], [1, 3], [1]] as const;

/** A log axis over [low, high], decimal logarithms; ticks at powers of ten and between them where there is room. */
export function logAxis(low: number, high: number, wanted = 7): Axis {
  const [from, to] = spread(low, high);
  const marksOf = (factors: readonly number[], every: number): Tick[] => {
    const ticks: Tick[] = [];
    for (let power = Math.floor(from / every) * every; power <= to; power += every) {
      for (const factor of factors) {
        const at = power + Math.log10(factor);
        if (at < from - SLACK || at > to + SLACK) continue;
        const value = Number(`${factor}e${power}`);
        ticks.push({ at, label: formatValue(value, value) });
      }
    }
    return ticks;
  };
  for (const factors of DECADE_MARKS) {
    const ticks = marksOf(factors, 1);
    if (ticks.length <= wanted && (factors.length > 1 || ticks.length > 1))
      return { low: from, high: to, ticks };
  }
  return { low: from, high: to, ticks: marksOf([1], Math.max(1, Math.ceil((to - from) / wanted))) };
}
