import { readFile } from 'node:fs/promises';
import sharp from 'sharp';

/** A picture that goes into the report. */
export interface EmbeddedImage {
  /** WebP. */
  readonly bytes: Buffer;
  readonly width: number;
  readonly height: number;
}

/** Wide enough to see 2 × 8 images of 64 pixels one to one. */
const WIDTH = 1200;

/** Reads a picture and compresses it for a page: WebP of quality 82, 1200 pixels wide at most. */
export async function embedImage(path: string): Promise<EmbeddedImage> {
  const { data, info } = await sharp(await readFile(path))
    .resize({ width: WIDTH, withoutEnlargement: true, kernel: 'lanczos3' })
    .flatten({ background: '#ffffff' })
    .webp({ quality: 82, effort: 4, smartSubsample: true })
    .toBuffer({ resolveWithObject: true });
  return { bytes: data, width: info.width, height: info.height };
}

export const dataUrl = ({ bytes }: EmbeddedImage): string =>
  `data:image/webp;base64,${bytes.toString('base64')}`;
