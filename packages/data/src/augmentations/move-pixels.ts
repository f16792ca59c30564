import type { ByteSquare } from '@medgan/plugin-api';

/** The pixel that comes to lie in a row and column, as its place in the image: row · size + column. */
export type Source = (row: number, column: number, size: number) => number;

/** A copy whose pixels are the image's, each from where `source` says. */
export function movePixels({ size, channels, pixels }: ByteSquare, source: Source): Uint8Array {
  const moved = new Uint8Array(pixels.length);
  let to = 0;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let from = source(row, column, size) * channels;
      for (let channel = 0; channel < channels; channel++) moved[to++] = pixels[from++]!;
    }
  }
  return moved;
}

/** Schema of how often a change is made. */
export const PROBABILITY_SCHEMA = {
  type: 'object',
  properties: {
    probability: {
      type: 'number',
      minimum: 0,
      maximum: 1,
      default: 0.5,
      description: 'share of the images that are changed',
    },
  },
  additionalProperties: false,
} as const;

export interface ProbabilityOptions {
  readonly probability?: number;
}
