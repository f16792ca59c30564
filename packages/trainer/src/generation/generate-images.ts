import { join } from 'node:path';
import { writeFileAtomically } from '@medgan/files';
import type { Clock } from '@medgan/plugin-api';
import { imageGrid } from '../drawing/image-grid.ts';
import { writePng } from '../drawing/png.ts';
import { requireFiniteImages, type ByteImages } from '../byte-images.ts';
import { GRID_NAME, RECORD_NAME, prepareImageFolder, writeImages } from './image-folder.ts';
import type { ImageSource } from './image-source.ts';
import type { Latents } from './latents.ts';

/** How many images, of what, and where to. */
export interface GenerateRequest {
  readonly source: ImageSource;
  readonly latents: Latents;
  readonly count: number;
  readonly folder: string;
  /** Replace images of an earlier generation. */
  readonly force: boolean;
  /** Images per row; undefined draws no grid. */
  readonly gridColumns?: number | 'square';
  /** How the images came about, kept beside them. */
  readonly record: object;
  readonly clock: Clock;
  /** Write images that are NaN or infinite too, as black pixels. */
  readonly allowNonFinite?: boolean;
  readonly signal?: AbortSignal;
  /** Called with how many images are written, and how many per second on average. */
  readonly onProgress?: (done: number, imagesPerSecond: number) => void;
}

/** What was written before the end, or before it was interrupted. */
export interface GenerateResult {
  readonly state: 'finished' | 'interrupted';
  /** Images written. */
  readonly images: number;
  readonly seconds: number;
  /** Images on the grid: all, or as many as one sheet bears. 0 without a grid. */
  readonly onGrid: number;
}

/** More images than this are no picture any more. */
const GRID_LIMIT = 400;

/** The images of whole rows that fit a grid. */
function gridCount(count: number, columns: number | 'square' | undefined): number {
  if (columns === undefined) return 0;
  const row = columns === 'square' ? 1 : columns;
  return Math.min(count, Math.max(row, Math.floor(GRID_LIMIT / row) * row));
}

/** Collects the first images for the grid. */
class Sheet {
  readonly #wanted: number;
  #pixels: Uint8Array | undefined;
  #images: ByteImages | undefined;

  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  add(images: ByteImages, first: number): void {
    if (first >= this.#wanted) return;
    const each = images.size * images.size * images.channels;
    this.#pixels ??= new Uint8Array(this.#wanted * each);
    this.#images = images;
    const count = Math.min(images.count, this.#wanted - first);
    this.#pixels.set(images.pixels.subarray(0, count * each), first * each);
  }

  async write(folder: string, done: number, columns: number | 'square' | undefined): Promise<number> {
    const count = Math.min(done, this.#wanted);
    if (count === 0) return 0;
    const { size, channels } = this.#images!;
    const pixels = this.#pixels!.subarray(0, count * size * size * channels);
    const grid = imageGrid(
      { size, channels, count, pixels },
      typeof columns === 'number' ? { columns: Math.min(columns, count) } : {},
    );
    await writePng(join(folder, GRID_NAME), grid);
    return count;
  }
}

async function writeRecord(
  { folder, record }: GenerateRequest,
  counts: { readonly images: number; readonly planned?: number },
): Promise<void> {
  const text = JSON.stringify({ ...record, ...counts }, undefined, 2);
  await writeFileAtomically(join(folder, RECORD_NAME), `${text}\n`);
}

/**
 * Draws images into a folder: `000000.png` and on, `generation.json`, and the grid. While one chunk is computed the one
 * before it is written; memory does not grow with the number of images. An abort ends after the chunk in progress, with
 * every image that was drawn written whole. The folder is not touched before the first chunk is drawn.
 * @throws MedganError when images are NaN or infinite and that is not allowed
 */
export async function generateImages(request: GenerateRequest): Promise<GenerateResult> {
  const { source, latents, count, folder, gridColumns, clock, signal, onProgress } = request;
  const sheet = new Sheet(gridCount(count, gridColumns));
  const start = clock.monotonic();
  const seconds = (): number => (clock.monotonic() - start) / 1000;
  let writing: Promise<void> = Promise.resolve();
  let done = 0;
  while (done < count && signal?.aborted !== true) {
    const first = done;
    const images = await source.draw(latents, first);
    await writing;
    const here = Math.min(source.chunk, count - first);
    if (request.allowNonFinite !== true) requireFiniteImages(source.name, images, { first, count: here });
    if (first === 0) {
      await prepareImageFolder(folder, request);
      // Before the first image: an interrupted generation is known as one, and can be replaced.
      await writeRecord(request, { images: 0, planned: count });
    }
    onProgress?.(first, first / seconds());
    sheet.add(images, first);
    writing = writeImages(folder, images, { first, count: here });
    // It is awaited a chunk later; until then nobody listens.
    writing.catch(() => undefined);
    done += here;
  }
  await writing;
  const elapsed = seconds();
  onProgress?.(done, done / elapsed);
  const onGrid = await sheet.write(folder, done, gridColumns);
  await writeRecord(request, { images: done });
  return { state: done < count ? 'interrupted' : 'finished', images: done, seconds: elapsed, onGrid };
}
