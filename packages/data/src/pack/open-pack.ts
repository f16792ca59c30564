import { rm } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { MedganError, messageOf } from '@medgan/files';
import { readerOf, type ImageReader } from '@medgan/plugin-api';
import { forEachBounded } from '../for-each-bounded.ts';
import { PackReader, type PackHeader } from './pack-file.ts';

/** Decoded images that can be read, whether from memory or from a file. */
export interface OpenPack extends PackHeader, Pick<ImageReader, 'read'> {
  /** Gives back what is held open. More than one call does no harm. */
  close(): Promise<void>;
}

/** Images of more bytes stay on disk: a quarter of the machine's memory, and no more than 1 GiB. */
export const MEMORY_LIMIT = Math.min(2 ** 30, totalmem() / 4);

/** Reads under way at once, of one batch. */
const READS = 8;

/** A pack whose pixels are in memory: uint8, NHWC. */
export function packInMemory(header: PackHeader, pixels: Uint8Array): OpenPack {
  const { size, channels, names } = header;
  const { read } = readerOf({ size, channels, count: names.length, pixels });
  return { ...header, read, close: () => Promise.resolve() };
}

/** Runs of neighbours in a list of indices: one read each. */
function* runsOf(indices: ArrayLike<number>): Generator<{ place: number; first: number; length: number }> {
  for (let place = 0; place < indices.length;) {
    const first = indices[place]!;
    let length = 1;
    while (place + length < indices.length && indices[place + length] === first + length) length++;
    yield { place, first, length };
    place += length;
  }
}

/** A pack that is read from its file as its images are asked for; the system's page cache keeps what memory allows. */
function packOnDisk(
  pack: PackReader,
  { path, release }: { path: string; release: () => Promise<void> },
): OpenPack {
  const { size, channels, names } = pack.header;
  const bytesEach = size * size * channels;
  let closed: Promise<void> | undefined;
  const read = async (indices: ArrayLike<number>): Promise<Uint8Array> => {
    for (let i = 0; i < indices.length; i++) {
      const index = indices[i]!;
      if (!Number.isInteger(index) || index < 0 || index >= names.length)
        throw new RangeError(`no image ${index} among ${names.length}`);
    }
    const out = new Uint8Array(indices.length * bytesEach);
    try {
      await forEachBounded([...runsOf(indices)], { limit: READS }, ({ place, first, length }) =>
        pack.read(first, out.subarray(place * bytesEach, (place + length) * bytesEach)),
      );
    } catch (error) {
      // The next run finds no pack and builds it anew.
      await rm(path, { force: true }).catch(() => undefined);
      throw new MedganError(`the decoded images in ${path} can no longer be read: ${messageOf(error)}`, {
        cure: 'go on with medgan resume: they are decoded anew from the images; check the disk if it comes again',
        cause: error,
      });
    }
    return out;
  };
  return {
    ...pack.header,
    read,
    close: () => (closed ??= pack.close().then(release)),
  };
}

/**
 * Opens a pack: read into memory when it takes at most `limit` bytes, else left on disk. `release` is called when the
 * file is needed no more, or could not be opened.
 * @throws Error saying what is damaged; ENOENT where there is no file.
 */
export async function openPack(
  path: string,
  {
    limit = MEMORY_LIMIT,
    release = () => Promise.resolve(),
  }: { readonly limit?: number | undefined; readonly release?: () => Promise<void> },
): Promise<OpenPack> {
  let pack: PackReader | undefined;
  try {
    pack = await PackReader.open(path);
    if (pack.pixelBytes > limit) return packOnDisk(pack, { path, release });
    const pixels = new Uint8Array(pack.pixelBytes);
    await pack.read(0, pixels);
    await pack.close();
    await release();
    return packInMemory(pack.header, pixels);
  } catch (error) {
    await pack?.close();
    await release();
    throw error;
  }
}
