import { MedganError } from '@medgan/files';
import type { BytePixels } from '@medgan/plugin-api';
import { createRaster, WHITE, type Raster, type Rgb } from './raster.ts';

export interface ImageGridOptions {
  /** Default: the smallest square that holds all images, ceil(sqrt(count)). */
  readonly columns?: number;
  /** White space between images and around them, in pixels of the grid; default 2. */
  readonly padding?: number;
  /** Default white. */
  readonly background?: Rgb;
  /** Each image pixel becomes upscale × upscale pixels; default: what brings an image closest to 128 pixels, at least 1. */
  readonly upscale?: number;
}

/** Side at which one sees what an image shows without leaning in. */
const COMFORTABLE_SIDE = 128;

const requireCount = (what: string, value: number, least: number): void => {
  if (Number.isInteger(value) && value >= least) return;
  throw new MedganError(`image grid: ${what} is ${value}`, { cure: `give an integer of at least ${least}` });
};

function requireImages({ size, channels, count, pixels }: BytePixels): void {
  requireCount('the number of images', count, 1);
  requireCount('the image size', size, 1);
  if (channels !== 1 && channels !== 3) {
    throw new MedganError(`image grid: images have ${channels} channels`, {
      cure: 'give grey (1) or RGB (3) images',
    });
  }
  const length = count * size * size * channels;
  if (pixels.length !== length) {
    throw new MedganError(
      `image grid: ${count} images of ${size}×${size}×${channels} are ${length} bytes, got ${pixels.length}`,
      { cure: 'give NHWC uint8 pixels of all images' },
    );
  }
}

function drawImage(
  grid: Raster,
  images: BytePixels,
  place: { index: number; x: number; y: number; upscale: number },
): void {
  const { size, channels, pixels } = images;
  const { index, x, y, upscale } = place;
  const first = index * size * size * channels;
  const green = channels === 3 ? 1 : 0;
  for (let row = 0; row < size * upscale; row++) {
    const sourceRow = first + Math.floor(row / upscale) * size * channels;
    let to = ((y + row) * grid.width + x) * 3;
    for (let column = 0; column < size * upscale; column++) {
      const from = sourceRow + Math.floor(column / upscale) * channels;
      grid.pixels[to++] = pixels[from]!;
      grid.pixels[to++] = pixels[from + green]!;
      grid.pixels[to++] = pixels[from + 2 * green]!;
    }
  }
}

/**
 * Lays images out row by row on a grid.
 * @param images uint8, NHWC, 1 or 3 channels.
 * @throws MedganError for images of another form, or options that are no grid.
 */
export function imageGrid(images: BytePixels, options: ImageGridOptions = {}): Raster {
  requireImages(images);
  const { count, size } = images;
  const {
    columns = Math.ceil(Math.sqrt(count)),
    padding = 2,
    background = WHITE,
    upscale = Math.max(1, Math.round(COMFORTABLE_SIDE / size)),
  } = options;
  requireCount('columns', columns, 1);
  requireCount('padding', padding, 0);
  requireCount('upscale', upscale, 1);

  const pitch = size * upscale + padding;
  const rows = Math.ceil(count / columns);
  const grid = createRaster(columns * pitch + padding, rows * pitch + padding, background);
  for (let index = 0; index < count; index++) {
    const x = padding + (index % columns) * pitch;
    const y = padding + Math.floor(index / columns) * pitch;
    drawImage(grid, images, { index, x, y, upscale });
  }
  return grid;
}
