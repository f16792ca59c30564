import { createHash, randomUUID, type Hash } from 'node:crypto';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Decoded images without their classes, which belong to the folder's layout and not to the pixels. */
export interface Pack {
  readonly size: number;
  readonly channels: 1 | 3;
  /** Where each image came from. */
  readonly names: readonly string[];
  /** uint8, NHWC [names.length, size, size, channels]. */
  readonly pixels: Uint8Array;
  readonly fingerprint: string;
}

/** The part of a pack that is read without its pixels. */
export interface PackHeader {
  readonly size: number;
  readonly channels: 1 | 3;
  readonly names: readonly string[];
  readonly fingerprint: string;
}

const MAGIC = Buffer.from('MGPACK1\n', 'latin1');
/** Magic and the header's length. */
const PREFIX = MAGIC.length + 4;
/** Pixels start at a multiple of this, so that the file can be mapped into memory. */
const ALIGNMENT = 64;
const DIGEST = 32;
/** Reads and writes go in pieces: one call moves at most 2 GiB. */
const PIECE = 1 << 26;

function alignedHeader(pack: Pack): Buffer {
  const header: PackHeader = {
    size: pack.size,
    channels: pack.channels,
    names: pack.names,
    fingerprint: pack.fingerprint,
  };
  const json = Buffer.from(JSON.stringify(header), 'utf8');
  const length = Math.ceil((PREFIX + json.length) / ALIGNMENT) * ALIGNMENT;
  const bytes = Buffer.alloc(length, ' ');
  MAGIC.copy(bytes);
  bytes.writeUInt32LE(length - PREFIX, MAGIC.length);
  json.copy(bytes, PREFIX);
  return bytes;
}

async function writeAll(file: FileHandle, bytes: Uint8Array, hash?: Hash): Promise<void> {
  for (let at = 0; at < bytes.length; at += PIECE) {
    const piece = bytes.subarray(at, at + PIECE);
    hash?.update(piece);
    for (let sent = 0; sent < piece.length;) {
      sent += (await file.write(piece, sent, piece.length - sent)).bytesWritten;
    }
  }
}

async function readAll(file: FileHandle, bytes: Uint8Array, hash?: Hash): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesRead } = await file.read(bytes, at, Math.min(PIECE, bytes.length - at));
    if (bytesRead === 0) throw new Error('the file is cut off');
    hash?.update(bytes.subarray(at, at + bytesRead));
    at += bytesRead;
  }
}

/** Writes a file by way of a temporary one in the same folder, so that no reader meets half of it. */
export async function writeAtomically(
  path: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await write(file);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Writes a pack: magic, header length (uint32, little-endian), JSON header padded to 64 bytes, the pixels, and the
 * sha256 over all of it. Atomic.
 */
export async function writePackedFile(path: string, pack: Pack): Promise<void> {
  await writeAtomically(path, async (file) => {
    const hash = createHash('sha256');
    await writeAll(file, alignedHeader(pack), hash);
    await writeAll(file, pack.pixels, hash);
    await writeAll(file, hash.digest());
  });
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

async function readHeader(file: FileHandle, hash?: Hash): Promise<PackHeader & { pixelBytes: number }> {
  const fileBytes = (await file.stat()).size;
  const prefix = Buffer.alloc(PREFIX);
  await readAll(file, prefix, hash);
  const length = prefix.readUInt32LE(MAGIC.length);
  if (!prefix.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('it does not begin as a pack does');
  if (PREFIX + length + DIGEST > fileBytes) throw new Error('the file is cut off');
  const json = Buffer.alloc(length);
  await readAll(file, json, hash);
  const header: unknown = JSON.parse(json.toString('utf8'));
  if (!isHeader(header)) throw new Error('its header is incomplete');
  const pixelBytes = header.names.length * header.size * header.size * header.channels;
  if (PREFIX + length + pixelBytes + DIGEST !== fileBytes)
    throw new Error('its length does not fit its header');
  return { ...header, pixelBytes };
}

/** Reads the header alone. @throws Error when there is no pack or its header is damaged. */
export async function readPackHeader(path: string): Promise<PackHeader> {
  const file = await open(path, 'r');
  try {
    const { size, channels, names, fingerprint } = await readHeader(file);
    return { size, channels, names, fingerprint };
  } finally {
    await file.close();
  }
}

/** Reads a whole pack and verifies its checksum. @throws Error saying what is damaged; ENOENT where there is none. */
export async function readPackedFile(path: string): Promise<Pack> {
  const file = await open(path, 'r');
  try {
    const hash = createHash('sha256');
    const { pixelBytes, ...header } = await readHeader(file, hash);
    const pixels = new Uint8Array(pixelBytes);
    await readAll(file, pixels, hash);
    const digest = Buffer.alloc(DIGEST);
    await readAll(file, digest);
    if (!hash.digest().equals(digest)) throw new Error('its checksum is wrong');
    return { ...header, pixels };
  } finally {
    await file.close();
  }
}
