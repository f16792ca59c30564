import { MedganError } from '@medgan/files';

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/**
 * `2GB`, `500 MB`, `1048576` → bytes; units are powers of 1000, as disks are sold.
 * @throws MedganError naming `what` when the text is no size.
 */
export function parseBytes(text: string, what: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?b?)\s*$/i.exec(text);
  if (!match) {
    throw new MedganError(`${what} is ${JSON.stringify(text)}, which is no size`, {
      cure: 'write a number with a unit: 500MB, 2GB, 1.5TB',
    });
  }
  const unit = UNITS.findIndex((name) => name[0] === (match[2]![0] ?? 'b').toUpperCase());
  return Math.round(Number(match[1]) * 1000 ** unit);
}

/** Bytes for people: 812 B, 1.3 GB. */
export function formatBytes(bytes: number): string {
  let [value, unit] = [bytes, 0];
  for (; value >= 999.5 && unit < UNITS.length - 1; unit++) value /= 1000;
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

const SPANS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/**
 * `30d`, `12h`, `4w` → milliseconds.
 * @throws MedganError naming `what` when the text is no span of time.
 */
export function parseAge(text: string, what: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([hdw])\s*$/.exec(text);
  if (!match) {
    throw new MedganError(`${what} is ${JSON.stringify(text)}, which is no span of time`, {
      cure: 'write hours, days or weeks: 12h, 30d, 4w',
    });
  }
  return Number(match[1]) * SPANS[match[2]!]!;
}

/** How long ago, in the largest unit that fits: 5 minutes ago, 3 days ago. */
export function formatAge(milliseconds: number): string {
  const spans = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
  ] as const;
  for (const [name, length] of spans) {
    const count = Math.floor(milliseconds / length);
    if (count > 0) return `${count} ${name}${count > 1 ? 's' : ''} ago`;
  }
  return 'just now';
}

/** A duration for people: 42s, 3m 05s, 2h 10m. */
export function duration(seconds: number): string {
  const s = Math.round(seconds);
  if (s < 60) return `${s}s`;
  if (s < 3600) return `${Math.floor(s / 60)}m ${String(s % 60).padStart(2, '0')}s`;
  return `${Math.floor(s / 3600)}h ${String(Math.floor((s % 3600) / 60)).padStart(2, '0')}m`;
}
