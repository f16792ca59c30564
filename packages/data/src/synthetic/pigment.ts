import { attenuation } from './exact.ts';

/**
 * Amounts of what colours skin at one point. Melanin looks brown where it lies shallow and blue-grey where it lies
 * deep (the light on it is scattered on the way); blood looks red; scar and keratin look white.
 */
export type Pigments = Float64Array;

export const MELANIN = 0;
export const DEEP_MELANIN = 1;
export const BLOOD = 2;
export const SCAR = 3;

export function noPigments(): Pigments {
  return new Float64Array(4);
}

/** The colour of pigments, [red, green, blue] in [0, 1] as displayed: Beer–Lambert absorption over white dermis. */
export function writeColour(pigments: Pigments, into: Float64Array): void {
  const melanin = Math.max(0, pigments[MELANIN]!);
  const deep = Math.max(0, pigments[DEEP_MELANIN]!);
  const blood = Math.max(0, pigments[BLOOD]!);
  const scar = Math.min(0.85, Math.max(0, pigments[SCAR]!));
  const red = 0.97 * attenuation(0.38 * melanin + 0.82 * deep + 0.1 * blood);
  const green = 0.93 * attenuation(0.66 * melanin + 0.66 * deep + 0.78 * blood);
  const blue = 0.95 * attenuation(0.9 * melanin + 0.42 * deep + 0.68 * blood);
  // The surface reflects a little whatever lies below: black is never quite black.
  into[0] = 0.05 + 0.95 * (red + scar * (0.93 - red));
  into[1] = 0.038 + 0.962 * (green + scar * (0.84 - green));
  into[2] = 0.046 + 0.954 * (blue + scar * (0.86 - blue));
}
