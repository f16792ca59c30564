import { createRng, defineFeatures, MedganError, type MetricImages } from '@medgan/plugin-api';
import { forEachBatch } from './functional/image-source.ts';
import { resize } from './functional/resize.ts';
import { centre, gatherRows, rowProducts, transpose } from './functional/row-products.ts';
import { symmetricEigen } from './functional/symmetric-eigen.ts';

/** Options of the features `pixels-pca`. */
export interface PixelsPcaOptions {
  /** Pixels per side that images are averaged down to. Default 16. */
  readonly side?: number;
  /** Principal components kept; fewer when the reference images are fewer. Default 64. */
  readonly components?: number;
  /** Reference images the components are fitted to at most, drawn by a fixed seed. Default 2000. */
  readonly fitImages?: number;
}

/** Pixel values as rows, [count, side × side × channels]. */
function pixelsOf(images: MetricImages, side: number): Float32Array {
  return resize(images, { height: side, width: side, filter: 'box' }).values;
}

/** The plugin `pixels-pca`: fitted to the real images once, then the same projection for every set. */
export default defineFeatures<PixelsPcaOptions>({
  name: 'pixels-pca',
  summary:
    'Principal components of the small, averaged image, fitted to the real images: colour and layout, no texture',
  reference: 'Turk, Pentland 1991, https://doi.org/10.1162/jocn.1991.3.1.71',
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      side: { type: 'integer', minimum: 1, maximum: 32, default: 16 },
      components: { type: 'integer', minimum: 1, default: 64 },
      fitImages: { type: 'integer', minimum: 2, default: 2000 },
    },
  },
  tiny: { side: 4, components: 7 },
  async open(options, { reference, onProgress }) {
    const { side = 16, components = 64, fitImages = 2000 } = options;
    const pixels = side * side * reference.channels;
    const count = Math.min(reference.count, fitImages);
    if (count < 2) {
      throw new MedganError(`pixels-pca: ${reference.count} reference images`, { cure: 'give at least 2' });
    }
    const chosen = new Set(createRng('pixels-pca').permutation(reference.count).subarray(0, count));
    const rows = new Float64Array(count * pixels);
    let filled = 0;
    await forEachBatch(reference, 32, (images, start) => {
      const small = pixelsOf(images, side);
      for (let i = 0; i < images.count; i++) {
        if (!chosen.has(start + i)) continue;
        rows.set(small.subarray(i * pixels, (i + 1) * pixels), filled * pixels);
        filled++;
      }
      onProgress?.(start + images.count, reference.count);
    });
    const { mean, centred } = centre({ count, dims: pixels, values: rows });
    const columns = transpose(centred);
    const { vectors } = symmetricEigen(rowProducts(columns, columns), pixels, { vectors: true });
    const dims = Math.min(components, pixels, count - 1);
    // Eigenvalues ascend: the leading component is the last row.
    const leading = Uint32Array.from({ length: dims }, (_, i) => pixels - 1 - i);
    const basis = gatherRows({ count: pixels, dims: pixels, values: vectors }, leading);
    return {
      name: 'pixels-pca',
      dims,
      record: { extractor: 'pixels-pca', side, resize: 'box', components: dims, fittedTo: count },
      extract: (images) => {
        const values = Float64Array.from(pixelsOf(images, side));
        for (let i = 0; i < values.length; i++) values[i]! -= mean[i % pixels]!;
        return Promise.resolve(rowProducts({ count: images.count, dims: pixels, values }, basis));
      },
    };
  },
});
