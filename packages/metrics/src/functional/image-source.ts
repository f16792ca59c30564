import type { BytePixels, ImageReader, MetricImages, MetricImageSource } from '@medgan/plugin-api';

/** A batch in memory, read in parts. */
export function sourceOfImages(images: MetricImages): MetricImageSource {
  const { height, width, channels } = images;
  const size = height * width * channels;
  return {
    count: images.count,
    height,
    width,
    channels,
    read: (start, count) => ({
      count,
      height,
      width,
      channels,
      values: images.values.subarray(start * size, (start + count) * size),
    }),
  };
}

/**
 * Square images read by index (a dataset's `PackedImages`, say) as images in [0, 1]. `indices` picks and orders them;
 * without it, all.
 */
export function sourceOfReader(images: ImageReader, indices?: ArrayLike<number>): MetricImageSource {
  const { size, channels } = images;
  const at = (place: number): number => (indices ? indices[place]! : place);
  return {
    count: indices?.length ?? images.count,
    height: size,
    width: size,
    channels,
    read: async (start, count) => {
      const bytes = await images.read(Uint32Array.from({ length: count }, (_, i) => at(start + i)));
      return { count, height: size, width: size, channels, values: Float32Array.from(bytes, (v) => v / 255) };
    },
  };
}

/**
 * Bytes of square images as images in [0, 1], turned into floats as they are read. `indices` picks and orders them;
 * without it, all.
 */
export function sourceOfPixels(images: BytePixels, indices?: ArrayLike<number>): MetricImageSource {
  const { size, channels, pixels } = images;
  const length = size * size * channels;
  const total = indices?.length ?? images.count;
  return {
    count: total,
    height: size,
    width: size,
    channels,
    read: (start, count) => {
      const values = new Float32Array(count * length);
      for (let i = 0; i < count; i++) {
        const image = indices ? indices[start + i]! : start + i;
        for (let p = 0; p < length; p++) values[i * length + p] = pixels[image * length + p]! / 255;
      }
      return { count, height: size, width: size, channels, values };
    },
  };
}

/** Calls `use` on batches of at most `batch` images, in order, with the index of the first of each. */
export async function forEachBatch(
  source: MetricImageSource,
  batch: number,
  use: (images: MetricImages, start: number) => void | Promise<void>,
): Promise<void> {
  for (let start = 0; start < source.count; start += batch) {
    await use(await source.read(start, Math.min(batch, source.count - start)), start);
  }
}
