import { instantiate, memoryOf, type Memory } from '../../kernel.ts';
import type { ByteImage } from '../../pillow-resize.ts';
import type { DecodeSettings } from '../format.ts';
import { plainJpeg } from '../jpeg-structure.ts';
import { BASELINE_WASM } from './baseline-wasm.ts';
import { baselineScan, type BaselineScan, type HuffmanTable } from './scan.ts';

/** The function of baseline.wat. */
interface Kernel {
  readonly memory: Memory;
  readonly decode: (...numbers: readonly number[]) => number;
}

/** The kernel's memory grows with the largest image and never shrinks: larger ones are left to others. */
const MOST_PIXELS = 4e6;

/** Row-major places of the coefficients in the order of the zigzag (T.81, figure 5). */
const ORDER = Uint8Array.from(
  Array.from({ length: 64 }, (_, place) => place).sort((a, b) => {
    const [x, y] = [a, b].map((place) => ({ row: place >> 3, column: place & 7 })) as [
      { row: number; column: number },
      { row: number; column: number },
    ];
    const diagonals = x.row + x.column - y.row - y.column;
    if (diagonals !== 0) return diagonals;
    return (x.row + x.column) % 2 === 0 ? y.row - x.row : x.row - y.row;
  }),
);

/** Bits of a code that are looked up at once. */
const LOOK_UP = 9;
const [LIMITS_AT, OFFSETS_AT, SYMBOLS_AT, TABLE_BYTES] = [1024, 1092, 1160, 1424];
const STEPS_BYTES = 256;
/** Three components of two tables, their steps, their records; the zigzag; a block and its room. */
const STEPS_AT = 6 * TABLE_BYTES;
const RECORDS_AT = STEPS_AT + 3 * STEPS_BYTES;
const ORDER_AT = RECORDS_AT + 48;
const BLOCK_AT = ORDER_AT + 64;
const LINES_AT = BLOCK_AT + 256;
/** After the image as many bytes may be written, after the data as many be read: a block takes no more. */
const SPARE_BYTES = 1024;

let kernel: Kernel | undefined;

/** Lays a table out as baseline.wat looks codes up. */
function writeTable(memory: ArrayBuffer, at: number, { counts, symbols }: HuffmanTable): void {
  const lookUp = new Uint16Array(memory, at, 1 << LOOK_UP).fill(0);
  const limits = new Int32Array(memory, at + LIMITS_AT, 17);
  const offsets = new Int32Array(memory, at + OFFSETS_AT, 17);
  new Uint8Array(memory, at + SYMBOLS_AT, symbols.length).set(symbols);
  let [code, index] = [0, 0];
  for (let length = 1; length <= 16; length++) {
    offsets[length] = index - code;
    for (let i = 0; i < counts[length - 1]!; i++, code++, index++) {
      const spare = LOOK_UP - length;
      if (spare >= 0) lookUp.fill((length << 8) | symbols[index]!, code << spare, (code + 1) << spare);
    }
    limits[length] = code << (16 - length);
    code <<= 1;
  }
}

/** Copies the data without the zeros after 0xff; gives where they end, or undefined where a marker stands in between. */
function writeData(memory: Uint8Array, at: number, data: Uint8Array): number | undefined {
  let [from, to] = [0, at];
  for (let i = data.indexOf(0xff); i >= 0; i = data.indexOf(0xff, i + 2)) {
    if (data[i + 1] !== 0) return undefined;
    memory.set(data.subarray(from, i + 1), to);
    to += i + 1 - from;
    from = i + 2;
  }
  memory.set(data.subarray(from), to);
  to += data.length - from;
  memory.fill(0, to, to + SPARE_BYTES);
  return to;
}

function decodeScan({ width, height, components, data }: BaselineScan): Uint8Array | undefined {
  kernel ??= instantiate<Kernel>(BASELINE_WASM);
  const lines = 3 * 8 * (Math.ceil(width / 8) * 8);
  const outAt = LINES_AT + lines + 16;
  const outBytes = width * height * 3;
  const dataAt = outAt + outBytes + SPARE_BYTES;
  const memory = memoryOf(kernel, dataAt + data.length + 2 * SPARE_BYTES);
  const bytes = new Uint8Array(memory);
  const dataEnd = writeData(bytes, dataAt, data);
  if (dataEnd === undefined) return undefined;
  bytes.set(ORDER, ORDER_AT);
  bytes.fill(0, BLOCK_AT, LINES_AT);
  if (components.length === 1) bytes.fill(128, LINES_AT, outAt);
  const records = new Int32Array(memory, RECORDS_AT, 12);
  const tables = new Map<HuffmanTable, number>();
  const addressOf = (table: HuffmanTable): number => {
    const known = tables.get(table);
    if (known !== undefined) return known;
    const at = tables.size * TABLE_BYTES;
    writeTable(memory, at, table);
    tables.set(table, at);
    return at;
  };
  components.forEach(({ dc, ac, steps }, i) => {
    const stepsAt = STEPS_AT + i * STEPS_BYTES;
    new Int32Array(memory, stepsAt, 64).set(steps);
    records.set([addressOf(dc), addressOf(ac), stepsAt, 0], 4 * i);
  });
  const count = components.length;
  const whole = kernel.decode(
    ...[dataAt, dataEnd, width, height, RECORDS_AT, count, ORDER_AT, BLOCK_AT, LINES_AT, outAt],
  );
  return whole === 1 ? bytes.slice(outAt, outAt + outBytes) : undefined;
}

/**
 * Decodes an undamaged baseline JPEG without subsampling, the usual kind of small pictures: the bytes that libjpeg-turbo
 * gives. Undefined for every other JPEG.
 */
export function decodeBaselineJpeg(
  bytes: Uint8Array,
  { maxPixels }: Pick<DecodeSettings, 'maxPixels'>,
): ByteImage | undefined {
  const plain = plainJpeg(bytes);
  if (!plain || plain.width * plain.height > Math.min(maxPixels, MOST_PIXELS)) return undefined;
  // Parts of a Buffer cost more than parts of an array.
  const scan = baselineScan(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
  const data = scan && decodeScan(scan);
  return data && { width: scan.width, height: scan.height, channels: 3, data };
}
