import { inflateRawSync } from 'node:zlib';
import { quote } from '../errors.ts';
import { crc32 } from './crc32.ts';
import type { Reading } from './limits.ts';
import { readDirectory } from './zip-directory.ts';
import type { ZipEntry } from './zip-directory.ts';

const LOCAL_HEADER = 0x04034b50;
const LOCAL_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;

/**
 * A zip archive in memory (stored and deflated entries, zip64). What is read is checked against the central directory:
 * size, checksum, and that no two entries share bytes, which is how small archives unpack to huge ones.
 */
export class ZipArchive {
  private readonly reading: Reading;
  private readonly bytes: Uint8Array;
  private readonly entries: ReadonlyMap<string, ZipEntry>;
  private readonly unpacked = new Map<string, Uint8Array>();

  /** @throws WeightsError when the directory is missing or contradicts the file. */
  constructor(reading: Reading, bytes: Uint8Array) {
    this.reading = reading;
    this.bytes = bytes;
    this.entries = readDirectory(reading, bytes);
  }

  get names(): readonly string[] {
    return [...this.entries.keys()];
  }

  /** Unpacked bytes of an entry as the directory has them, or undefined when there is no such entry. */
  sizeOf(name: string): number | undefined {
    return this.entries.get(name)?.size;
  }

  /** The bytes of an entry: a view of the archive when it is stored. */
  read(name: string): Uint8Array {
    const known = this.unpacked.get(name);
    if (known) return known;
    const entry = this.entries.get(name);
    if (!entry) throw this.reading.damaged(`the archive has no entry ${quote(name)}`);
    const bytes = this.unpack(entry, this.packed(entry));
    if (crc32(bytes) !== entry.crc)
      throw this.reading.damaged(`the checksum of entry ${quote(name)} is wrong`);
    this.unpacked.set(name, bytes);
    return bytes;
  }

  private packed(entry: ZipEntry): Uint8Array {
    const { buffer, byteOffset, byteLength } = this.bytes;
    const view = new DataView(buffer, byteOffset, byteLength);
    const at = entry.headerAt;
    if (at + LOCAL_BYTES > byteLength || view.getUint32(at, true) !== LOCAL_HEADER) {
      throw this.reading.damaged(`entry ${quote(entry.name)} has no header`);
    }
    const start = at + LOCAL_BYTES + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
    const end = start + entry.packedSize;
    if (view.getUint16(at + 8, true) !== entry.method || end > entry.endsBefore) {
      throw this.reading.damaged(`entry ${quote(entry.name)} contradicts the archive's directory`);
    }
    return this.bytes.subarray(start, end);
  }

  private unpack(entry: ZipEntry, packed: Uint8Array): Uint8Array {
    const { name, size, method } = entry;
    if (method === STORED && size === packed.byteLength) return packed;
    if (method !== DEFLATED) {
      throw this.reading.damaged(
        `entry ${quote(name)} is packed by method ${method} to ${packed.byteLength} bytes`,
      );
    }
    this.reading.spend(size, `entry ${quote(name)}`);
    let bytes: Uint8Array;
    try {
      bytes = inflateRawSync(packed, { maxOutputLength: Math.max(size, 1) });
    } catch (cause) {
      throw this.reading.damaged(
        `entry ${quote(name)} cannot be unpacked to the ${size} bytes it claims`,
        cause,
      );
    }
    if (bytes.byteLength !== size) {
      throw this.reading.damaged(`entry ${quote(name)} unpacks to ${bytes.byteLength} bytes, not ${size}`);
    }
    return bytes;
  }
}
