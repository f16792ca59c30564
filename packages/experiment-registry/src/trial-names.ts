import { createHash } from 'node:crypto';
import { canonicalJson } from './trial-identity.ts';

/** A setting's value as people write it. */
export function valueText(value: unknown): string {
  return typeof value === 'string' ? value : canonicalJson(value);
}

/** Lower-case letters, digits, dots inside numbers and single hyphens: fit for a folder on every system. */
function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/\.(?![0-9])|(?<![0-9])\./g, '-')
    .replace(/-{2,}/g, '-')
    .replace(/^-|-$/g, '');
}

/** What names a trial. */
export interface TrialNaming {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly id?: string;
  readonly seed?: number;
}

/** Folder name of a trial: `batch-size-128`, `batch-size-128-seed-1`; `base` where nothing varies. Seed 0 is silent. */
export function trialId({ settings, id, seed }: TrialNaming): string {
  const parts = Object.entries(settings).map(([key, value]) => `${key}-${negative(value)}`);
  const named = id ?? shortened(slug(parts.join('-')));
  if (seed === undefined || seed === 0) return named || 'base';
  return named ? `${named}-seed-${seed}` : `seed-${seed}`;
}

const LONGEST = 80;

/** Long names keep their beginning; a hash of the whole makes them differ. */
function shortened(name: string): string {
  if (name.length <= LONGEST) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, LONGEST - 9).replace(/[-.]+$/, '')}-${hash}`;
}

const negative = (value: unknown): string =>
  typeof value === 'number' && value < 0 ? `minus-${-value}` : valueText(value);

/** How people call it: `batch_size 128, seed 1`. */
export function trialLabel({ settings, seed }: TrialNaming): string {
  const parts = Object.entries(settings).map(([key, value]) => `${key} ${valueText(value)}`);
  if (seed !== undefined) parts.push(`seed ${seed}`);
  return parts.join(', ') || 'base';
}
