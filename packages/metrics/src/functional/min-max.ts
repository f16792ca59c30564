import type { MetricImages } from '@medgan/plugin-api';

/**
 * Each image stretched on its own so that its least value becomes 0 and its greatest 1, over all pixels and channels;
 * a constant image, which has no contrast to stretch, becomes 0 everywhere. A new batch; NaN stays NaN.
 */
export function minMax(images: MetricImages): MetricImages {
  const size = images.height * images.width * images.channels;
  const values = new Float32Array(images.values.length);
  for (let start = 0; start < values.length; start += size) {
    let least = Infinity;
    let most = -Infinity;
    for (let i = start; i < start + size; i++) {
      const value = images.values[i]!;
      if (value < least) least = value;
      if (value > most) most = value;
    }
    const span = most - least;
    for (let i = start; i < start + size; i++) {
      const value = images.values[i]!;
      values[i] = span > 0 ? (value - least) / span : value - value;
    }
  }
  return { ...images, values };
}
