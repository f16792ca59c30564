import { foreignFile } from '@medgan/files';
import { WeightsError, quote } from './errors.ts';
import { findStructureFault } from './json-structure.ts';
import { checkTensor, dtypes, elementCount, isDType, itemSize } from './tensor-data.ts';
import type { DType, TensorData } from './tensor-data.ts';

/** The reference implementation reads no header above this. */
const MAX_HEADER_BYTES = 100_000_000;
const MAX_RANK = 64;
/** Tensor → its fields → shape: nothing in a header lies deeper. */
const MAX_DEPTH = 3;

/** A tensor's place in the file; offsets count bytes from the end of the header. */
interface HeaderEntry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  /** In the order of the data. */
  readonly entries: readonly HeaderEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * The order in which the reference implementation lays tensors out: the widest element types first, so that the data of
 * each is aligned, then by name (UTF-8 bytes).
 */
const layoutOrder: readonly DType[] = [
  'U64',
  'I64',
  'F64',
  'F32',
  'U32',
  'I32',
  'BF16',
  'F16',
  'U16',
  'I16',
  'I8',
  'U8',
  'BOOL',
];

/**
 * Lays tensors out and writes the first part of a file: the header's length (u64, little-endian) and the header, padded
 * with spaces to a multiple of 8 bytes. The same tensors and metadata give the same bytes, in whatever order they come.
 * @throws WeightsError for a tensor that contradicts its shape or dtype, and for names that are not Unicode.
 */
export function encodeHeader(
  tensors: ReadonlyMap<string, TensorData>,
  metadata: Readonly<Record<string, string>>,
): { readonly prefix: Uint8Array; readonly ordered: readonly TensorData[] } {
  const items = [...tensors].map(([name, tensor]) => {
    checkName(name);
    checkTensor(`tensor ${quote(name)}`, tensor);
    return { name, tensor, rank: layoutOrder.indexOf(tensor.dtype) };
  });
  items.sort((a, b) => a.rank - b.rank || byUtf8(a.name, b.name));
  const fields: string[] = [];
  const notes = Object.entries(metadata).sort(([a], [b]) => byUtf8(a, b));
  if (notes.length > 0) fields.push(`"__metadata__":{${notes.map(noteField).join(',')}}`);
  let offset = 0;
  for (const { name, tensor } of items) {
    const end = offset + tensor.data.byteLength;
    const { dtype, shape } = tensor;
    fields.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [offset, end] })}`);
    offset = end;
  }
  return { prefix: framed(`{${fields.join(',')}}`), ordered: items.map((item) => item.tensor) };
}

function framed(json: string): Uint8Array {
  const text = Buffer.from(json, 'utf8');
  const length = Math.ceil(text.length / 8) * 8;
  if (length > MAX_HEADER_BYTES) {
    throw new WeightsError(
      `a safetensors header of ${length} bytes is above the format's ${MAX_HEADER_BYTES}`,
      {
        cure: 'write fewer tensors or less metadata into one file',
      },
    );
  }
  const prefix = Buffer.alloc(8 + length, ' ');
  prefix.writeBigUInt64LE(BigInt(length), 0);
  text.copy(prefix, 8);
  return new Uint8Array(prefix.buffer, prefix.byteOffset, prefix.byteLength);
}

function noteField([key, value]: readonly [string, string]): string {
  if (typeof value !== 'string') {
    throw new WeightsError(`metadata ${quote(key)} is of type ${typeof value}`, {
      cure: 'safetensors metadata is text',
    });
  }
  return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
}

function checkName(name: string): void {
  if (name === '__metadata__') {
    throw new WeightsError('no tensor may be named "__metadata__"', { cure: 'rename it' });
  }
  if (Buffer.from(name).toString() !== name) {
    throw new WeightsError(`tensor name ${quote(name)} is not valid Unicode`, { cure: 'rename it' });
  }
}

function byUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/**
 * The length of a header.
 * @param head the first bytes of a file of `fileLength` bytes: `FOREIGN_HEAD_BYTES` of them, or all
 * @throws WeightsError when there cannot be one, saying what the file is instead where that can be seen
 */
export function headerLength(who: string, head: Uint8Array, fileLength: number): number {
  const length =
    head.byteLength < 8 ? 0n : new DataView(head.buffer, head.byteOffset, 8).getBigUint64(0, true);
  const isPossible = fileLength >= 10 && length <= BigInt(MAX_HEADER_BYTES);
  const foreign = isPossible ? undefined : foreignFile(head, who);
  if (foreign) throw new WeightsError(`${who}: ${foreign.what}`, { cure: foreign.cure });
  if (fileLength < 10) throw broken(who, `${fileLength} bytes are too few for a safetensors file`);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw broken(who, `is not a safetensors file (its first 8 bytes claim a header of ${length} bytes)`);
  }
  if (Number(length) > fileLength - 8) {
    throw broken(who, `the header claims ${length} bytes, but only ${fileLength - 8} follow`);
  }
  return Number(length);
}

/**
 * Reads a header and checks all that the format asks for: names once only, known dtypes, and data that is covered
 * exactly, without gap or overlap, by sizes that follow from shape and dtype.
 * @param dataLength bytes after the header
 * @throws WeightsError
 */
export function parseHeader(who: string, bytes: Uint8Array, dataLength: number): Header {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw broken(who, 'the header is not UTF-8', cause);
  }
  if (!text.startsWith('{')) throw broken(who, 'the header does not begin with {');
  const fault = findStructureFault(text, MAX_DEPTH);
  if (fault !== undefined) throw broken(who, `the header is wrong: ${fault}`);
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw broken(who, 'the header is not JSON', cause);
  }
  const entries: HeaderEntry[] = [];
  let metadata: Readonly<Record<string, string>> = {};
  for (const [name, value] of Object.entries(json)) {
    if (name === '__metadata__') metadata = parseMetadata(who, value);
    else entries.push(parseEntry(`${who}: tensor ${quote(name)}`, name, value));
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkCover(who, entries, dataLength);
  return { entries, metadata };
}

function parseMetadata(who: string, value: unknown): Readonly<Record<string, string>> {
  if (!isRecord(value)) throw broken(who, '__metadata__ is no object');
  for (const [key, note] of Object.entries(value)) {
    if (typeof note !== 'string') throw broken(who, `metadata ${quote(key)} is no text`);
  }
  return value as Record<string, string>;
}

function parseEntry(who: string, name: string, value: unknown): HeaderEntry {
  if (!isRecord(value)) throw broken(who, 'is described by no object');
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isDType(dtype)) {
    throw new WeightsError(`${who} has dtype ${quote(String(dtype))}, which this program does not read`, {
      cure: `save it as one of ${dtypes.join(', ')}`,
    });
  }
  if (!isNaturals(shape) || shape.length > MAX_RANK) throw broken(who, 'has no shape of natural numbers');
  if (!isNaturals(offsets) || offsets.length !== 2) throw broken(who, 'has no pair of data_offsets');
  const [begin, end] = offsets as [number, number];
  const count = elementCount(shape);
  if (count === undefined || !Number.isSafeInteger(count * itemSize(dtype))) {
    throw broken(who, `shape [${shape.join(', ')}] is too large to count`);
  }
  if (end - begin !== count * itemSize(dtype)) {
    throw broken(
      who,
      `[${shape.join(', ')}] ${dtype} takes ${count * itemSize(dtype)} bytes, not ${end - begin}`,
    );
  }
  return { name, dtype, shape, begin, end };
}

function checkCover(who: string, entries: readonly HeaderEntry[], dataLength: number): void {
  let covered = 0;
  for (const { name, begin, end } of entries) {
    if (begin < covered) throw broken(who, `tensor ${quote(name)} overlaps the one before it`);
    if (begin > covered) throw broken(who, `bytes ${covered} to ${begin} of the data belong to no tensor`);
    if (end > dataLength)
      throw broken(who, `tensor ${quote(name)} ends ${end - dataLength} bytes after the file`);
    covered = end;
  }
  if (covered !== dataLength) throw broken(who, `the last ${dataLength - covered} bytes belong to no tensor`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNaturals(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((v) => Number.isSafeInteger(v) && v >= 0);
}

function broken(who: string, what: string, cause?: unknown): WeightsError {
  return new WeightsError(`${who}: ${what}`, {
    cure: 'the file is damaged or cut short; copy or write it again',
    cause,
  });
}
