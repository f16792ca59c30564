import { MedganError } from '@medgan/files';
import type { Rng } from '@medgan/plugin-api';

/** The latent of image `index`, any index from 0 on. */
export type Latents = (index: number) => Float32Array;

export interface LatentOptions {
  readonly latentSize: number;
  /** Numbers beyond ±truncation are drawn again: less variety, more typical images (Brock et al. 2019). */
  readonly truncation?: number;
}

/** Below this, drawing again and again takes hundreds of draws a number. */
const LEAST_TRUNCATION = 0.01;

/**
 * Latents that depend on the seed and their index only: the first ten of a hundred are the ten of ten. Standard normal,
 * truncated where asked.
 */
export function independentLatents(rng: Rng, { latentSize, truncation }: LatentOptions): Latents {
  if (truncation === undefined) return (index) => rng.split(`image/${index}`).normals(latentSize);
  if (!(truncation >= LEAST_TRUNCATION)) {
    throw new MedganError(`truncation ${truncation} is too small`, {
      cure: `use ${LEAST_TRUNCATION} or more; 0.5 is strong already`,
    });
  }
  return (index) => {
    const own = rng.split(`image/${index}`);
    return Float32Array.from({ length: latentSize }, () => {
      let value = own.normal();
      while (Math.abs(value) > truncation) value = own.normal();
      return value;
    });
  };
}

/** Spherical interpolation (White 2016): on the great circle, where normal latents live; t from 0 (a) to 1 (b). */
export function slerp(a: Float32Array, b: Float32Array, t: number): Float32Array {
  let [dot, lengthA, lengthB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    lengthA += a[i]! ** 2;
    lengthB += b[i]! ** 2;
  }
  const cosine = dot / Math.sqrt(lengthA * lengthB);
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  const sine = Math.sin(angle);
  // Parallel or opposite vectors span no circle.
  const isFlat = !(sine > 1e-6);
  const [fromA, fromB] = isFlat ? [1 - t, t] : [Math.sin((1 - t) * angle) / sine, Math.sin(t * angle) / sine];
  return a.map((value, i) => fromA * value + fromB * b[i]!);
}

/** Rows of `steps` latents, row r from latent r to latent r + 1, both included; index = row · steps + column. */
export function interpolatedLatents(latents: Latents, steps: number): Latents {
  if (!Number.isInteger(steps) || steps < 2) {
    throw new MedganError(`interpolation in ${steps} steps`, { cure: 'take 2 or more: both ends count' });
  }
  return (index) => {
    const row = Math.floor(index / steps);
    return slerp(latents(row), latents(row + 1), (index % steps) / (steps - 1));
  };
}
