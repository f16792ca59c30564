import type { BytePixels } from '@medgan/plugin-api';
import { imageGrid } from './image-grid.ts';
import { createRaster, paste, type Raster } from './raster.ts';

export interface RealFakeGridOptions {
  /** At most so many images a panel, the first ones; default 64, as in the original. */
  readonly limit?: number;
  /** Pixels between the panels; default 24. */
  readonly gap?: number;
  /** As in `ImageGridOptions`. */
  readonly padding?: number;
  readonly upscale?: number;
  /** Writes a text above a panel; without it, the panels have no captions. */
  readonly caption?: (panel: Raster, text: string) => Promise<Raster>;
}

const firstOf = (images: BytePixels, limit: number): BytePixels => {
  const count = Math.min(images.count, limit);
  const length = count * images.size * images.size * images.channels;
  return { ...images, count, pixels: images.pixels.subarray(0, length) };
};

/**
 * Real images on the left, generated ones on the right, both panels with the same columns.
 * @param real uint8, NHWC, 1 or 3 channels; `fake` likewise, other counts and channels allowed.
 * @throws MedganError as `imageGrid` does.
 */
export async function realFakeGrid(
  real: BytePixels,
  fake: BytePixels,
  options: RealFakeGridOptions = {},
): Promise<Raster> {
  const { limit = 64, gap = 24, caption = (panel) => Promise.resolve(panel), ...layout } = options;
  const shown = [firstOf(real, limit), firstOf(fake, limit)] as const;
  const columns = Math.ceil(Math.sqrt(Math.max(shown[0].count, shown[1].count)));
  const left = await caption(imageGrid(shown[0], { ...layout, columns }), 'real');
  const right = await caption(imageGrid(shown[1], { ...layout, columns }), 'generated');
  const picture = createRaster(left.width + gap + right.width, Math.max(left.height, right.height));
  paste(picture, left, { x: 0, y: 0 });
  paste(picture, right, { x: left.width + gap, y: 0 });
  return picture;
}
