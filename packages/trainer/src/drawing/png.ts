import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MedganError, messageOf } from '@medgan/plugin-api';
import sharp from 'sharp';
import type { Raster } from './raster.ts';

/** Fixed, so that equal pixels make equal bytes. Sharp writes neither time nor metadata unless asked. */
const PNG = { compressionLevel: 6, adaptiveFiltering: true, palette: false } as const;
/** Dots per inch at which an SVG pixel is one PNG pixel. */
const SVG_DENSITY = 72;

/** The PNG bytes of a raster: equal pixels, equal bytes. */
export function encodePng({ width, height, pixels }: Raster): Promise<Uint8Array> {
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png(PNG)
    .toBuffer();
}

/**
 * Renders an SVG on white, `scale` PNG pixels to an SVG pixel (default 2). Text elements need fonts on the machine; draw
 * text as strokes to do without.
 */
export function renderSvg(svg: string, scale = 2): Promise<Uint8Array> {
  return sharp(Buffer.from(svg), { density: SVG_DENSITY * scale })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .png(PNG)
    .toBuffer();
}

/**
 * Writes a drawing (PNG bytes or SVG text) so that `path` holds the old content or the new and never a half; makes the
 * folder where it is missing.
 * @throws MedganError when the file cannot be written.
 */
export async function writeDrawing(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.partial`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new MedganError(`drawing ${path}: cannot be written (${messageOf(cause)})`, {
      cure: 'check that the output folder is writable and its disk not full, or give another `out`',
      cause,
    });
  }
}

/** A raster as a PNG file, written as `writeDrawing` does. */
export async function writePng(path: string, raster: Raster): Promise<void> {
  await writeDrawing(path, await encodePng(raster));
}
