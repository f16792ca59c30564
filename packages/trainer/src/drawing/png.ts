import { writeFileAtomically } from '@medgan/files';
import sharp from 'sharp';
import type { Raster } from './raster.ts';

/** Fixed, so that equal pixels make equal bytes. Sharp writes neither time nor metadata unless asked. */
const PNG = { compressionLevel: 6, adaptiveFiltering: true, palette: false } as const;

/** The PNG bytes of a raster: equal pixels, equal bytes. */
export function encodePng({ width, height, pixels }: Raster): Promise<Uint8Array> {
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png(PNG)
    .toBuffer();
}

/** Writes a drawing (PNG bytes or SVG text) atomically, but without waiting for the disk: it can be drawn again. */
export const writeDrawing = (path: string, content: Uint8Array | string): Promise<void> =>
  writeFileAtomically(path, content, { durable: false });

/** A raster as a PNG file, written as `writeDrawing` does. */
export async function writePng(path: string, raster: Raster): Promise<void> {
  await writeDrawing(path, await encodePng(raster));
}
