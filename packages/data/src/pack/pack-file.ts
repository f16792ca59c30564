import { createHash, type Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';

/** What a pack says of its images, besides their pixels. */
export interface PackHeader {
  readonly size: number;
  readonly channels: 1 | 3;
  /** Where each image came from. Their classes are not here: they belong to the folder's layout. */
  readonly names: readonly string[];
  readonly fingerprint: string;
}

/*
 * The file: 64 bytes that begin with MAGIC; the pixels of all images; a checksum for each; the header as JSON; 64 bytes
 * that begin with END and say how long all that is. What is known last stands last, so that a pack is written in one go,
 * without being held in memory; and each image has a checksum of its own, so that one can be verified alone.
 */
const MAGIC = Buffer.from('MGPACK2\n', 'latin1');
const FORMER_MAGIC = Buffer.from('MGPACK1\n', 'latin1');
const END = Buffer.from('MGPKEND2', 'latin1');
/** Length of the first and the last part; the pixels begin aligned, so that they can be mapped into memory. */
const FRAME = 64;
/** Bytes of sha256 kept for each image: enough to notice damage. */
const CHECKSUM = 16;
const DIGEST = 32;
/** Reads and writes go in pieces: one call moves at most 2 GiB. */
const PIECE = 1 << 26;

function checksumOf(image: Uint8Array): Buffer {
  return createHash('sha256').update(image).digest().subarray(0, CHECKSUM);
}

async function writeAll(file: FileHandle, bytes: Uint8Array, hash?: Hash): Promise<void> {
  hash?.update(bytes);
  for (let at = 0; at < bytes.length;)
    at += (await file.write(bytes, at, Math.min(PIECE, bytes.length - at))).bytesWritten;
}

async function readAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const length = Math.min(PIECE, bytes.length - at);
    const { bytesRead } = await file.read(bytes, at, length, position + at);
    if (bytesRead === 0) throw new Error('the file is cut off');
    at += bytesRead;
  }
}

/** Writes a pack from its first image to its last; only the checksums are held in memory. */
export class PackWriter {
  readonly #file: FileHandle;
  readonly #bytesEach: number;
  readonly #checksums: Buffer[] = [];
  #begun = false;

  /** @param file empty, open for writing; it stays the caller's to close. */
  constructor(file: FileHandle, { size, channels }: Pick<PackHeader, 'size' | 'channels'>) {
    this.#file = file;
    this.#bytesEach = size * size * channels;
  }

  async #begin(): Promise<void> {
    if (this.#begun) return;
    this.#begun = true;
    const frame = Buffer.alloc(FRAME);
    MAGIC.copy(frame);
    await writeAll(this.#file, frame);
  }

  /** Adds images: uint8, NHWC [any number, size, size, channels]. */
  async append(pixels: Uint8Array): Promise<void> {
    await this.#begin();
    for (let at = 0; at < pixels.length; at += this.#bytesEach)
      this.#checksums.push(checksumOf(pixels.subarray(at, at + this.#bytesEach)));
    await writeAll(this.#file, pixels);
  }

  /** Ends the pack with what is known when all images are. */
  async finish({ size, channels, names, fingerprint }: PackHeader): Promise<void> {
    if (names.length !== this.#checksums.length)
      throw new Error(`${names.length} names for ${this.#checksums.length} images`);
    await this.#begin();
    const json = Buffer.from(JSON.stringify({ size, channels, names, fingerprint }), 'utf8');
    const hash = createHash('sha256');
    await writeAll(this.#file, Buffer.concat(this.#checksums), hash);
    await writeAll(this.#file, json, hash);
    const frame = Buffer.alloc(FRAME);
    END.copy(frame);
    frame.writeDoubleLE(names.length, 8);
    frame.writeDoubleLE(json.length, 16);
    hash.update(frame.subarray(0, 24)).digest().copy(frame, 24);
    await writeAll(this.#file, frame);
  }
}

function isHeader(value: unknown): value is PackHeader {
  const header = value as Partial<PackHeader> | null;
  return (
    typeof header === 'object' &&
    header !== null &&
    Number.isInteger(header.size) &&
    (header.channels === 1 || header.channels === 3) &&
    Array.isArray(header.names) &&
    typeof header.fingerprint === 'string'
  );
}

/** Reads images of a pack by their place, each verified by its checksum. */
export class PackReader {
  readonly header: PackHeader;
  readonly #file: FileHandle;
  readonly #checksums: Buffer;
  readonly #bytesEach: number;

  private constructor(file: FileHandle, header: PackHeader, checksums: Buffer) {
    this.#file = file;
    this.header = header;
    this.#checksums = checksums;
    this.#bytesEach = header.size ** 2 * header.channels;
  }

  /**
   * Opens a pack and verifies all but its pixels.
   * @throws Error saying what is damaged; ENOENT where there is no file.
   */
  static async open(path: string): Promise<PackReader> {
    const file = await open(path, 'r');
    try {
      return await PackReader.#read(file);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  static async #read(file: FileHandle): Promise<PackReader> {
    const { size: length } = await file.stat();
    if (length < 2 * FRAME) throw new Error('it is too short to be a pack');
    const [begin, end] = [Buffer.alloc(FRAME), Buffer.alloc(FRAME)];
    await readAt(file, begin, 0);
    await readAt(file, end, length - FRAME);
    if (begin.subarray(0, MAGIC.length).equals(FORMER_MAGIC))
      throw new Error('an older release of medgan wrote it');
    // The rest of the first part is zeros: the length that is written below does not say so.
    if (!begin.equals(Buffer.concat([MAGIC, Buffer.alloc(FRAME - MAGIC.length)])))
      throw new Error('it does not begin as a pack does');
    if (!end.subarray(0, END.length).equals(END)) throw new Error('the file is cut off');
    const [count, jsonLength] = [end.readDoubleLE(8), end.readDoubleLE(16)];
    const tableAt = length - FRAME - jsonLength - count * CHECKSUM;
    if (!Number.isInteger(tableAt) || tableAt < FRAME || !(count >= 0) || !(jsonLength > 0))
      throw new Error('its lengths are wrong');
    const table = Buffer.alloc(length - FRAME - tableAt);
    await readAt(file, table, tableAt);
    const digest = createHash('sha256').update(table).update(end.subarray(0, 24)).digest();
    if (!digest.equals(end.subarray(24, 24 + DIGEST)) || end.subarray(24 + DIGEST).some((byte) => byte !== 0))
      throw new Error('the checksum of its header is wrong');
    const header: unknown = JSON.parse(table.toString('utf8', count * CHECKSUM));
    if (!isHeader(header) || header.names.length !== count) throw new Error('its header is incomplete');
    if (FRAME + count * header.size ** 2 * header.channels !== tableAt)
      throw new Error('its length does not fit its header');
    return new PackReader(file, header, table.subarray(0, count * CHECKSUM));
  }

  /** Bytes of all images together. */
  get pixelBytes(): number {
    return this.header.names.length * this.#bytesEach;
  }

  /**
   * Images `first`, `first + 1`, … into `out`, uint8 NHWC, as many as it holds.
   * @throws Error naming the first damaged image.
   */
  async read(first: number, out: Uint8Array): Promise<void> {
    await readAt(this.#file, out, FRAME + first * this.#bytesEach);
    for (let i = first, at = 0; at < out.length; i++, at += this.#bytesEach) {
      const expected = this.#checksums.subarray(i * CHECKSUM, (i + 1) * CHECKSUM);
      if (!checksumOf(out.subarray(at, at + this.#bytesEach)).equals(expected))
        throw new Error(`the checksum of image ${this.header.names[i]} is wrong`);
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
