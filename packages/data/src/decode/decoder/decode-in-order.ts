import { readFile } from 'node:fs/promises';
import { forEachBounded } from '../../for-each-bounded.ts';
import { decodeFile, type ContentHash, type FileSettings } from './decode-file.ts';
import { DecoderPool } from './decoder-pool.ts';

export interface DecodeInOrderOptions extends FileSettings {
  /** Threads, or files under way at once where there are too few for threads. */
  readonly workers: number;
  /** As many files are worth starting threads; default 200. */
  readonly threadsFrom?: number;
  readonly signal?: AbortSignal | undefined;
  /** Called when a file is done, in any order. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** A file whose image is wanted. */
export interface FileToDecode {
  readonly path: string;
  /** Why it cannot be decoded, when that is known already. */
  readonly fault?: string;
}

/** Neighbouring files, decoded. */
export interface DecodedChunk {
  /** uint8, NHWC: one image for each hash; undefined content where there is a fault. */
  readonly pixels: Uint8Array;
  readonly hashes: readonly ContentHash[];
}

/**
 * Measured in CPU time: a thread is ready after 45 ms, a photograph of 160 × 160 takes 0.4 ms, and more in proportion to its
 * pixels. Two threads make good their start from some 200 of these on, and sooner where images are larger.
 */
const THREADS_FROM = 200;
/** A further thread pays from so many files for each. */
const FILES_PER_THREAD = 100;
const CHUNK_FILES = 16;
const CHUNK_BYTES = 1 << 21;
/** Chunks asked for and not yet given, for each thread: enough that none waits for the slowest. */
const CHUNKS_AHEAD = 3;

function* chunksOf(files: readonly FileToDecode[], bytesEach: number): Generator<readonly FileToDecode[]> {
  const length = Math.max(1, Math.min(CHUNK_FILES, Math.floor(CHUNK_BYTES / bytesEach)));
  for (let first = 0; first < files.length; first += length) yield files.slice(first, first + length);
}

/** Puts the answers for the readable files back among the faults that were known. */
function spread(
  files: readonly FileToDecode[],
  { pixels, hashes }: DecodedChunk,
  bytesEach: number,
): DecodedChunk {
  if (hashes.length === files.length) return { pixels, hashes };
  const all = new Uint8Array(files.length * bytesEach);
  let next = 0;
  const spreadHashes = files.map(({ fault }, i): ContentHash => {
    if (fault !== undefined) return { fault };
    all.set(pixels.subarray(next * bytesEach, (next + 1) * bytesEach), i * bytesEach);
    return hashes[next++]!;
  });
  return { pixels: all, hashes: spreadHashes };
}

async function* decodeHere(
  files: readonly FileToDecode[],
  options: DecodeInOrderOptions,
): AsyncGenerator<DecodedChunk> {
  const { workers: limit, signal } = options;
  const bytesEach = options.format.size ** 2 * options.format.channels;
  let done = 0;
  for (const chunk of chunksOf(files, bytesEach)) {
    const pixels = new Uint8Array(chunk.length * bytesEach);
    const hashes = new Array<ContentHash>(chunk.length);
    await forEachBounded(chunk, { limit, signal }, async ({ path, fault }, i) => {
      const out = pixels.subarray(i * bytesEach, (i + 1) * bytesEach);
      hashes[i] = fault === undefined ? await decodeFile(() => readFile(path), options, out) : { fault };
      options.onProgress?.(++done, files.length);
    });
    yield { pixels, hashes };
  }
}

async function* decodeInThreads(
  files: readonly FileToDecode[],
  options: DecodeInOrderOptions,
): AsyncGenerator<DecodedChunk> {
  const { format, maxPixels, window, signal } = options;
  const bytesEach = format.size ** 2 * format.channels;
  const threads = Math.max(1, Math.min(options.workers, Math.floor(files.length / FILES_PER_THREAD)));
  const pool = new DecoderPool(threads, { format, maxPixels, window });
  const abort = (): void => pool.fail(signal!.reason);
  signal?.addEventListener('abort', abort);
  let done = 0;
  const decode = async (chunk: readonly FileToDecode[]): Promise<DecodedChunk> => {
    const paths = chunk.filter(({ fault }) => fault === undefined).map(({ path }) => path);
    const answer = await pool.decode({ paths });
    done += chunk.length;
    options.onProgress?.(done, files.length);
    return spread(chunk, answer, bytesEach);
  };
  const underWay: Promise<DecodedChunk>[] = [];
  try {
    signal?.throwIfAborted();
    for (const chunk of chunksOf(files, bytesEach)) {
      const decoding = decode(chunk);
      // Thrown when this chunk is awaited; until then Node must not report it as unhandled.
      decoding.catch(() => undefined);
      underWay.push(decoding);
      if (underWay.length >= CHUNKS_AHEAD * threads) yield await underWay.shift()!;
    }
    for (const decoding of underWay) yield await decoding;
  } finally {
    signal?.removeEventListener('abort', abort);
    await pool.close();
  }
}

/**
 * Reads, decodes, resizes and crops files, in their order, in bounded memory: in threads of their own where the files
 * are many. A file that cannot be read is a fault in its place.
 * @throws the signal's reason when aborted; MedganError when a thread dies.
 */
export function decodeInOrder(
  files: readonly FileToDecode[],
  options: DecodeInOrderOptions,
): AsyncGenerator<DecodedChunk> {
  const { threadsFrom = THREADS_FROM } = options;
  return files.length < threadsFrom ? decodeHere(files, options) : decodeInThreads(files, options);
}
