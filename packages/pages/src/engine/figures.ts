import type { TensorView } from './step-view.ts';

/** What a step trains, for people. */
export const UPDATES = {
  both: 'one training step',
  discriminator: 'one update of the discriminator',
  generator: 'one update of the generator',
} as const;

/** A count for people: 1,043. */
export const count = (n: number): string => n.toLocaleString('en');

const UNITS = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** A large number in three digits: 3.58 M. */
export function short(n: number): string {
  const [size, unit] = UNITS.find(([limit]) => n >= limit) ?? [1, ''];
  return unit === '' ? String(n) : `${(n / size).toPrecision(3)} ${unit}`;
}

/** A type for people: `float32 [16, 3, 64, 64]`; float32 goes without saying. */
export const typeText = ({ shape, dtype }: Pick<TensorView, 'shape' | 'dtype'>): string =>
  `${dtype === 'float32' ? '' : `${dtype} `}[${shape.join(', ')}]`;
