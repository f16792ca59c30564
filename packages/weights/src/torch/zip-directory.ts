import { quote } from '../errors.ts';
import type { Reading } from './limits.ts';

const END = 0x06054b50;
const END_BYTES = 22;
const END64_LOCATOR = 0x07064b50;
const END64_LOCATOR_BYTES = 20;
const END64 = 0x06064b50;
const END64_BYTES = 56;
const ENTRY = 0x02014b50;
const ENTRY_BYTES = 46;
const MAX_COMMENT = 0xffff;
const ZIP64_FIELD = 0x0001;
const ENCRYPTED = 0x0001;

export interface ZipEntry {
  readonly name: string;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  /** Where the entry's own header begins. */
  readonly headerAt: number;
  /** Where the next entry or the directory begins. */
  readonly endsBefore: number;
}

type RawEntry = Omit<ZipEntry, 'endsBefore'>;

/** Whether the bytes begin as a zip archive does. */
export function looksLikeZip(bytes: Uint8Array): boolean {
  return (
    bytes[0] === 0x50 &&
    bytes[1] === 0x4b &&
    ((bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6))
  );
}

/** The central directory of an archive, in its order. @throws WeightsError */
export function readDirectory(reading: Reading, bytes: Uint8Array): ReadonlyMap<string, ZipEntry> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { start, length, count } = locate(reading, view);
  const raw: RawEntry[] = [];
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + ENTRY_BYTES > start + length || view.getUint32(at, true) !== ENTRY) {
      throw reading.damaged(`the archive's directory breaks off at entry ${i} of ${count}`);
    }
    const variable = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [
      number,
      number,
      number,
    ];
    const end = at + ENTRY_BYTES + variable[0] + variable[1] + variable[2];
    if (end > start + length)
      throw reading.damaged(`the archive's directory breaks off at entry ${i} of ${count}`);
    raw.push(readEntry(reading, bytes, at));
    at = end;
  }
  return apart(reading, raw, start);
}

/** Entries must not share bytes with each other or the directory; names must be unique. */
function apart(
  reading: Reading,
  raw: readonly RawEntry[],
  directoryAt: number,
): ReadonlyMap<string, ZipEntry> {
  const starts = raw.map((entry) => entry.headerAt).sort((a, b) => a - b);
  if (new Set(starts).size < starts.length)
    throw reading.damaged('two entries of the archive are one and the same');
  const nextOf = new Map(starts.map((start, i) => [start, starts[i + 1] ?? directoryAt]));
  const entries = new Map<string, ZipEntry>();
  for (const entry of raw) {
    if (entries.has(entry.name)) throw reading.damaged(`the archive has entry ${quote(entry.name)} twice`);
    const endsBefore = nextOf.get(entry.headerAt)!;
    if (entry.headerAt + entry.packedSize > endsBefore) {
      throw reading.damaged(`entry ${quote(entry.name)} overlaps another`);
    }
    entries.set(entry.name, { ...entry, endsBefore });
  }
  return entries;
}

function locate(reading: Reading, view: DataView): { start: number; length: number; count: number } {
  const total = view.byteLength;
  for (let at = total - END_BYTES; at >= Math.max(0, total - END_BYTES - MAX_COMMENT); at--) {
    if (view.getUint32(at, true) !== END || at + END_BYTES + view.getUint16(at + 20, true) !== total)
      continue;
    const found = locate64(reading, view, at) ?? {
      count: view.getUint16(at + 10, true),
      length: view.getUint32(at + 12, true),
      start: view.getUint32(at + 16, true),
      end: at,
    };
    if (found.start + found.length > found.end || found.count > found.length / ENTRY_BYTES) {
      throw reading.damaged('the archive’s directory lies outside the file');
    }
    return found;
  }
  throw reading.damaged('the archive has no directory at its end');
}

function locate64(reading: Reading, view: DataView, endAt: number) {
  const locator = endAt - END64_LOCATOR_BYTES;
  if (locator < 0 || view.getUint32(locator, true) !== END64_LOCATOR) return undefined;
  const at = natural(reading, view, locator + 8);
  if (at + END64_BYTES > locator || view.getUint32(at, true) !== END64) {
    throw reading.damaged('the archive’s zip64 directory is missing');
  }
  const [count, length, start] = [32, 40, 48].map((field) => natural(reading, view, at + field));
  return { count: count!, length: length!, start: start!, end: at };
}

function readEntry(reading: Reading, bytes: Uint8Array, at: number): RawEntry {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const nameLength = view.getUint16(at + 28, true);
  const nameAt = at + ENTRY_BYTES;
  const name = new TextDecoder().decode(bytes.subarray(nameAt, nameAt + nameLength));
  if (view.getUint16(at + 8, true) & ENCRYPTED) throw reading.damaged(`entry ${quote(name)} is encrypted`);
  const narrow = { size: 24, packedSize: 20, headerAt: 42 };
  const sizes = { size: 0, packedSize: 0, headerAt: 0 };
  let wideAt = zip64Field(view, nameAt + nameLength, view.getUint16(at + 30, true));
  for (const key of ['size', 'packedSize', 'headerAt'] as const) {
    sizes[key] = view.getUint32(at + narrow[key], true);
    if (sizes[key] !== 0xffffffff || wideAt === undefined) continue;
    sizes[key] = natural(reading, view, wideAt);
    wideAt += 8;
  }
  return { name, method: view.getUint16(at + 10, true), crc: view.getUint32(at + 16, true), ...sizes };
}

function zip64Field(view: DataView, extraAt: number, extraLength: number): number | undefined {
  for (let at = extraAt; at + 4 <= extraAt + extraLength;) {
    if (view.getUint16(at, true) === ZIP64_FIELD) return at + 4;
    at += 4 + view.getUint16(at + 2, true);
  }
  return undefined;
}

function natural(reading: Reading, view: DataView, at: number): number {
  const value = at + 8 <= view.byteLength ? view.getBigUint64(at, true) : undefined;
  if (value === undefined || value > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw reading.damaged('a size in the archive’s directory is impossible');
  }
  return Number(value);
}
