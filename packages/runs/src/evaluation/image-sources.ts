import type { FeatureRows, MetricImages, MetricImageShape, MetricImageSource, Rng } from '@medgan/plugin-api';

/** `count` images of uniform noise in [0, 1], made as they are read: no generator should come near them. */
export function noiseSource(shape: MetricImageShape, count: number, rng: Rng): MetricImageSource {
  const { height, width, channels } = shape;
  const each = height * width * channels;
  const read = (start: number, many: number): MetricImages => {
    const values = new Float32Array(many * each);
    for (let i = 0; i < many; i++) values.set(rng.split(`image/${start + i}`).uniforms(each), i * each);
    return { count: many, height, width, channels, values };
  };
  return { count, height, width, channels, read };
}

/** The first `count` images of a source, in memory. */
export const firstOf = async (source: MetricImageSource, count: number): Promise<MetricImages> =>
  source.read(0, Math.min(count, source.count));

/** The feature vectors at `indices`, in that order. */
export function rowsAt({ dims, values }: FeatureRows, indices: Uint32Array): FeatureRows {
  const picked = new Float64Array(indices.length * dims);
  indices.forEach((row, i) => picked.set(values.subarray(row * dims, (row + 1) * dims), i * dims));
  return { count: indices.length, dims, values: picked };
}
