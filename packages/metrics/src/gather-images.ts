import type { MetricImages, MetricImageSource } from '@medgan/plugin-api';

/** The images at `indices`, in that order, as one batch. */
export async function gatherImages(
  source: MetricImageSource,
  indices: ArrayLike<number>,
): Promise<MetricImages> {
  const { height, width, channels } = source;
  const size = height * width * channels;
  const values = new Float32Array(indices.length * size);
  for (let i = 0; i < indices.length; i++) {
    const image = await source.read(indices[i]!, 1);
    values.set(image.values, i * size);
  }
  return { count: indices.length, height, width, channels, values };
}
