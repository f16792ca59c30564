import type { Rows } from './row-products.ts';

/** Rows that a Python script can make too: scale · sin(i · frequency + cos(0.37 i²)) over all values. */
export function waveRows(of: { count: number; dims: number; frequency: number; scale: number }): Rows {
  const { count, dims, frequency, scale } = of;
  const values = Float64Array.from(
    { length: count * dims },
    (_, i) => scale * Math.sin(i * frequency + Math.cos(i * i * 0.37)),
  );
  return { count, dims, values };
}
