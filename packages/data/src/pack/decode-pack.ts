import { readFile } from 'node:fs/promises';
import { MedganError, type ImageFormat } from '@medgan/plugin-api';
import { DECODER_VERSION } from '../decode/decoder-version.ts';
import { faultOf, sha256, type ContentHash } from '../decode/decoder/decode-file.ts';
import {
  decodeInOrder,
  type DecodedChunk,
  type DecodeInOrderOptions,
} from '../decode/decoder/decode-in-order.ts';
import { digestOf } from './digest.ts';
import type { FoundFile } from '../find/folder-walk.ts';
import { forEachBounded } from '../for-each-bounded.ts';
import type { Window } from '../decode/formats/window.ts';
import type { PackHeader } from './pack-file.ts';

/** How files are turned into pixels, and what happens to those that cannot be. */
export interface DecodeOptions extends DecodeInOrderOptions {
  /** Names the dataset in errors: `dataset image-folder`. */
  readonly who: string;
  readonly unreadable: 'error' | 'skip';
}

/** A file that was passed over. */
export interface SkippedFile {
  readonly name: string;
  readonly reason: string;
}

/** What files led to, besides the pixels. */
export interface DecodedSet {
  readonly header: PackHeader;
  readonly skipped: readonly SkippedFile[];
  /** One for each file, in their order. */
  readonly hashes: readonly ContentHash[];
}

/** Unreadable files named in the error; the rest are counted. */
const NAMED = 20;

/**
 * sha256 (hex) over the images in their order (relative names and content), the size, the channels, the decoder, and
 * the window where one is set: equal fingerprints mean equal pixels.
 */
function fingerprintOf(
  images: Iterable<{ readonly name: string; readonly hash: string }>,
  { format, window }: { readonly format: ImageFormat; readonly window?: Window | undefined },
): string {
  function* parts(): Generator<string> {
    yield* [
      'image-folder',
      DECODER_VERSION,
      `shorter side ${format.size}, centre crop`,
      `${format.channels}`,
    ];
    if (window !== undefined && window !== 'auto') yield `window ${JSON.stringify(window)}`;
    for (const { name, hash } of images) {
      yield name;
      yield hash;
    }
  }
  return digestOf(parts());
}

/** Hashes the files without decoding them. The result has their order. */
export async function hashFiles(
  files: readonly FoundFile[],
  options: Pick<DecodeOptions, 'workers' | 'signal'>,
): Promise<ContentHash[]> {
  const hashes = new Array<ContentHash>(files.length);
  await forEachBounded(files, { limit: 2 * options.workers, signal: options.signal }, async (file, i) => {
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

function refuse(who: string, faults: readonly SkippedFile[], total: number): never {
  const lines = faults.slice(0, NAMED).map(({ name, reason }) => `  ${name}: ${reason}`);
  if (faults.length > NAMED) lines.push(`  and ${faults.length - NAMED} more`);
  throw new MedganError(`${who}: ${faults.length} of ${total} files cannot be read\n${lines.join('\n')}`, {
    cure: 'repair or remove them, or set unreadable: skip to train without them',
  });
}

/** The readable images of a chunk, without gaps. */
function readablePixels({ pixels, hashes }: DecodedChunk): Uint8Array {
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
 * Reads, decodes, resizes and crops the files, and hands on the images in the files' order, some at a time.
 * @throws MedganError naming every unreadable file, unless these are to be skipped; also when none can be read.
 * @throws the signal's reason when aborted.
 */
export async function decodePack(
  files: readonly FoundFile[],
  options: DecodeOptions,
  append: (pixels: Uint8Array) => Promise<void> | void,
): Promise<DecodedSet> {
  const hashes: ContentHash[] = [];
  for await (const chunk of decodeInOrder(files, options)) {
    hashes.push(...chunk.hashes);
    await append(readablePixels(chunk));
  }
  const readable: { name: string; hash: string }[] = [];
  const skipped: SkippedFile[] = [];
  hashes.forEach((hash, i) => {
    const { name } = files[i]!;
    if ('fault' in hash) skipped.push({ name, reason: hash.fault });
    else readable.push({ name, hash: hash.hash });
  });
  if (skipped.length > 0 && (options.unreadable === 'error' || readable.length === 0))
    refuse(options.who, skipped, files.length);
  const { size, channels } = options.format;
  const names = readable.map(({ name }) => name);
  return {
    header: { size, channels, names, fingerprint: fingerprintOf(readable, options) },
    skipped,
    hashes,
  };
}
