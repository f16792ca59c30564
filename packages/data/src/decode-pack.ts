import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { MedganError, messageOf, type ImageFormat } from '@medgan/plugin-api';
import { DECODER_VERSION, decodeImage } from './decode-image.ts';
import type { FoundFile } from './folder-walk.ts';
import { forEachBounded } from './for-each-bounded.ts';
import { digestOf, type CachedPack, type SkippedFile } from './packed-cache.ts';
import { resizeAndCrop, toGrey } from './pillow-resize.ts';

/** How files are turned into pixels, and what happens to those that cannot be. */
export interface DecodeOptions {
  readonly format: ImageFormat;
  readonly unreadable: 'error' | 'skip';
  /** Images with more pixels are refused before they are decoded. */
  readonly maxPixels: number;
  /** Images under way at once. */
  readonly workers: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** A file's sha256 (hex), or why it cannot be read. */
export type ContentHash = { readonly hash: string } | { readonly fault: string };

/** Unreadable files named in the error; the rest are counted. */
const NAMED = 20;
const WHO = 'dataset image-folder';

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function faultOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' && code.startsWith('E')
    ? `the file cannot be read (${code})`
    : messageOf(error);
}

/**
 * sha256 (hex) over the images in their order (relative names and content), the size, the channels and the
 * decoder: equal fingerprints mean equal pixels.
 */
export function fingerprintOf(
  images: Iterable<{ readonly name: string; readonly hash: string }>,
  format: ImageFormat,
): string {
  const parts = [
    'image-folder',
    DECODER_VERSION,
    `shorter side ${format.size}, centre crop`,
    `${format.channels}`,
  ];
  for (const { name, hash } of images) parts.push(name, hash);
  return digestOf(parts);
}

/** Hashes the files without decoding them. The result has their order. */
export async function hashFiles(
  files: readonly FoundFile[],
  options: Pick<DecodeOptions, 'workers' | 'signal'>,
): Promise<ContentHash[]> {
  const hashes = new Array<ContentHash>(files.length);
  await forEachBounded(files, { limit: options.workers, signal: options.signal }, async (file, i) => {
    if (file.fault !== undefined) {
      hashes[i] = { fault: file.fault };
      return;
    }
    try {
      hashes[i] = { hash: sha256(await readFile(file.path)) };
    } catch (error) {
      hashes[i] = { fault: faultOf(error) };
    }
  });
  return hashes;
}

function refuse(faults: readonly SkippedFile[], total: number): never {
  const lines = faults.slice(0, NAMED).map(({ name, reason }) => `  ${name}: ${reason}`);
  if (faults.length > NAMED) lines.push(`  and ${faults.length - NAMED} more`);
  throw new MedganError(`${WHO}: ${faults.length} of ${total} files cannot be read\n${lines.join('\n')}`, {
    cure: 'repair or remove them, or set unreadable: skip to train without them',
  });
}

function allocate(count: number, bytesEach: number): Uint8Array {
  try {
    return new Uint8Array(count * bytesEach);
  } catch (error) {
    const gigabytes = ((count * bytesEach) / 1e9).toFixed(1);
    throw new MedganError(
      `${WHO}: ${count} decoded images take ${gigabytes} GB, more than one block of memory`,
      {
        cure: 'use a smaller image_size or a subset',
        cause: error,
      },
    );
  }
}

/** Moves the readable images together, over the gaps the others left. */
function closeGaps(pixels: Uint8Array, hashes: readonly ContentHash[]): Uint8Array {
  const bytesEach = pixels.length / hashes.length;
  let kept = 0;
  hashes.forEach((hash, i) => {
    if ('fault' in hash) return;
    if (kept < i) pixels.copyWithin(kept * bytesEach, i * bytesEach, (i + 1) * bytesEach);
    kept++;
  });
  return pixels.subarray(0, kept * bytesEach);
}

/**
 * Reads, decodes, resizes and crops the files, in parallel by libuv's thread pool; the result has the files' order.
 * @throws MedganError naming every unreadable file, unless these are to be skipped; also when none can be read.
 * @throws the signal's reason when aborted.
 */
export async function decodePack(
  files: readonly FoundFile[],
  options: DecodeOptions,
): Promise<CachedPack & { readonly hashes: readonly ContentHash[] }> {
  const { size, channels } = options.format;
  const bytesEach = size * size * channels;
  const pixels = allocate(files.length, bytesEach);
  const hashes = new Array<ContentHash>(files.length);
  let done = 0;
  await forEachBounded(files, { limit: options.workers, signal: options.signal }, async (file, i) => {
    try {
      if (file.fault !== undefined) throw new Error(file.fault);
      const bytes = await readFile(file.path);
      const decoded = await decodeImage(bytes, options.maxPixels);
      const image = channels === 1 ? toGrey(decoded) : decoded;
      resizeAndCrop(image, size, pixels.subarray(i * bytesEach, (i + 1) * bytesEach));
      hashes[i] = { hash: sha256(bytes) };
    } catch (error) {
      hashes[i] = { fault: faultOf(error) };
    }
    options.onProgress?.(++done, files.length);
  });

  const readable: { name: string; hash: string }[] = [];
  const skipped: SkippedFile[] = [];
  hashes.forEach((hash, i) => {
    const { name } = files[i]!;
    if ('fault' in hash) skipped.push({ name, reason: hash.fault });
    else readable.push({ name, hash: hash.hash });
  });
  if (skipped.length > 0 && (options.unreadable === 'error' || readable.length === 0)) {
    refuse(skipped, files.length);
  }
  const names = readable.map(({ name }) => name);
  const fingerprint = fingerprintOf(readable, options.format);
  const pack = { size, channels, names, pixels: closeGaps(pixels, hashes), fingerprint };
  return { pack, skipped, hashes };
}
