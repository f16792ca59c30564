import { MedganError } from '@medgan/files';
import type { BytePixels } from '@medgan/plugin-api';
import { AXIS_LINE, FAINT_INK, INK, rgbOf } from './palette.ts';
import { createRaster, fillBox, WHITE, type Raster, type Rgb } from './raster.ts';
import { drawText } from './raster-text.ts';
import { fitText } from './stroke-font.ts';

/** Neighbouring columns under one label, such as a class. */
interface ColumnGroup {
  readonly label: string;
  readonly columns: number;
}

export interface ImageGridOptions {
  /** Default: the smallest square that holds all images, ceil(sqrt(count)). */
  readonly columns?: number;
  /** White space between images and around them, in pixels of the grid; default 2. */
  readonly padding?: number;
  /** Default white. */
  readonly background?: Rgb;
  /** Each image pixel becomes upscale × upscale pixels; default: what brings an image closest to 128 pixels, at least 1. */
  readonly upscale?: number;
  /** A line above all. */
  readonly title?: string;
  /** Labels above the columns, from the left; they may leave the last columns unlabelled. */
  readonly groups?: readonly ColumnGroup[];
}

/** Side at which one sees what an image shows without leaning in. */
const COMFORTABLE_SIDE = 128;

/** A grid's text grows with the grid, within reason: pixels by pixels. */
const textSize = (width: number): number => Math.min(48, Math.max(13, Math.round(width / 48)));

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

function drawGroups(
  grid: Raster,
  groups: readonly ColumnGroup[],
  { pitch, padding, baseline, size }: { pitch: number; padding: number; baseline: number; size: number },
): void {
  let column = 0;
  for (const { label, columns } of groups) {
    const x = padding + column * pitch;
    const width = columns * pitch - padding;
    const text = fitText(label, size, width);
    drawText(grid, text, { x: x + width / 2, y: baseline, size, colour: rgbOf(FAINT_INK), anchor: 'middle' });
    const inset = Math.round(size / 3);
    const y = baseline + Math.round(size / 2);
    const rule = { x: x + inset, y, width: width - 2 * inset, height: Math.max(1, Math.round(size / 12)) };
    fillBox(grid, rule, rgbOf(AXIS_LINE));
    column += columns;
  }
}

/**
 * Lays images out row by row on a grid, with an optional title and labels above groups of columns, drawn without any
 * installed font.
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
    title,
    groups = [],
  } = options;
  requireCount('columns', columns, 1);
  requireCount('padding', padding, 0);
  requireCount('upscale', upscale, 1);
  for (const group of groups) requireCount(`columns of the group "${group.label}"`, group.columns, 1);
  const labelled = groups.reduce((sum, group) => sum + group.columns, 0);
  if (labelled > columns) {
    throw new MedganError(`image grid: labels span ${labelled} columns of ${columns}`, {
      cure: 'label at most as many columns as the grid has',
    });
  }

  const pitch = size * upscale + padding;
  const width = columns * pitch + padding;
  const text = textSize(width);
  const titleHeight = title === undefined ? 0 : Math.round(text * 1.9);
  const groupHeight = groups.length === 0 ? 0 : Math.round(text * 1.7);
  const top = titleHeight + groupHeight;
  const grid = createRaster(width, top + Math.ceil(count / columns) * pitch + padding, background);
  if (top > 0) fillBox(grid, { x: 0, y: 0, width, height: top }, WHITE);
  if (title !== undefined) {
    const place = { x: width / 2, y: Math.round(text * 1.25), size: text, colour: rgbOf(INK) };
    drawText(grid, fitText(title, text, width - 2 * padding - text / 2), { ...place, anchor: 'middle' });
  }
  const baseline = titleHeight + Math.round(text * 0.95);
  drawGroups(grid, groups, { pitch, padding, baseline, size: Math.round(text * 0.9) });
  for (let index = 0; index < count; index++) {
    const x = padding + (index % columns) * pitch;
    const y = top + padding + Math.floor(index / columns) * pitch;
    drawImage(grid, images, { index, x, y, upscale });
  }
  return grid;
}
