/** A Huffman table as the file holds it: how many codes of each length 1 … 16, and their symbols from the shortest on. */
export interface HuffmanTable {
  readonly counts: Uint8Array;
  readonly symbols: Uint8Array;
}

interface ScanComponent {
  readonly dc: HuffmanTable;
  readonly ac: HuffmanTable;
  /** 64 quantisation steps in the order of the zigzag. */
  readonly steps: Uint8Array;
}

/** The one scan of a baseline JPEG, and what it needs. */
export interface BaselineScan {
  readonly width: number;
  readonly height: number;
  readonly components: readonly ScanComponent[];
  /** The compressed data, zeros stuffed in after 0xff included. */
  readonly data: Uint8Array;
}

const [SOF_BASELINE, SOF_EXTENDED, DHT, EOI, SOS, DQT, DRI] = [0xc0, 0xc1, 0xc4, 0xd9, 0xda, 0xdb, 0xdd];
/** The other frames: progressive, lossless, hierarchical, arithmetic. 0xc8 and 0xcc are no frames, and are not known here. */
const isOtherFrame = (code: number): boolean => code > SOF_EXTENDED && code <= 0xcf && code !== DHT;

/** Reads the tables of a DQT segment; false where one is of 16 bits or cut off. */
function readSteps(body: Uint8Array, tables: Map<number, Uint8Array>): boolean {
  for (let at = 0; at < body.length; at += 65) {
    if (body[at]! > 3 || at + 65 > body.length) return false;
    tables.set(body[at]!, body.subarray(at + 1, at + 65));
  }
  return true;
}

/** Reads the tables of a DHT segment, by class and number; false where one is cut off or has more codes than there are. */
function readHuffman(body: Uint8Array, tables: Map<number, HuffmanTable>): boolean {
  for (let at = 0; at < body.length;) {
    const key = body[at]!;
    const counts = body.subarray(at + 1, at + 17);
    if (counts.length < 16 || (key & 0xef) > 3) return false;
    let [total, room] = [0, 1];
    for (const count of counts) {
      room = 2 * room - count;
      total += count;
      if (room < 0) return false;
    }
    const symbols = body.subarray(at + 17, at + 17 + total);
    if (total > 256 || symbols.length < total) return false;
    tables.set(key, { counts, symbols });
    at += 17 + total;
  }
  return true;
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly parts: readonly { readonly id: number; readonly steps: number }[];
}

/** The frame header; undefined where a component is sampled less often than another. */
function readFrame(body: Uint8Array): Frame | undefined {
  const count = body[5]!;
  if (body[0] !== 8 || (count !== 1 && count !== 3) || body.length !== 6 + 3 * count) return undefined;
  const parts = Array.from({ length: count }, (_, i) => ({ id: body[6 + 3 * i]!, steps: body[8 + 3 * i]! }));
  if (parts.some((_, i) => body[7 + 3 * i] !== 0x11)) return undefined;
  return { height: (body[1]! << 8) | body[2]!, width: (body[3]! << 8) | body[4]!, parts };
}

interface Tables {
  readonly steps: ReadonlyMap<number, Uint8Array>;
  readonly huffman: ReadonlyMap<number, HuffmanTable>;
}

/** The components of a scan header, with their tables; undefined where it is not the whole frame, or a table is missing. */
function readComponents(body: Uint8Array, { parts }: Frame, tables: Tables): ScanComponent[] | undefined {
  const after = 1 + 2 * parts.length;
  if (body[0] !== parts.length || body.length !== after + 3) return undefined;
  if (body[after] !== 0 || body[after + 1] !== 63 || body[after + 2] !== 0) return undefined;
  const components: ScanComponent[] = [];
  for (const [i, part] of parts.entries()) {
    const which = body[2 + 2 * i]!;
    const steps = tables.steps.get(part.steps);
    const dc = tables.huffman.get(which >> 4);
    const ac = tables.huffman.get(0x10 | (which & 15));
    if (body[1 + 2 * i] !== part.id || !steps || !dc || !ac) return undefined;
    components.push({ dc, ac, steps });
  }
  return components;
}

/**
 * The scan of a baseline JPEG whose components are sampled alike, without restarts, in one scan; undefined for any
 * other. Give it what `plainJpeg` has passed: colours and EXIF are not looked at.
 */
export function baselineScan(bytes: Uint8Array): BaselineScan | undefined {
  const [steps, huffman] = [new Map<number, Uint8Array>(), new Map<number, HuffmanTable>()];
  let frame: Frame | undefined;
  for (let at = 2; at + 4 <= bytes.length;) {
    const code = bytes[at + 1]!;
    const next = at + 2 + ((bytes[at + 2]! << 8) | bytes[at + 3]!);
    if (bytes[at] !== 0xff || code < SOF_BASELINE || code === 0xff || isOtherFrame(code)) return undefined;
    if (next < at + 4 || next > bytes.length) return undefined;
    const body = bytes.subarray(at + 4, next);
    if (code === DQT && !readSteps(body, steps)) return undefined;
    if (code === DHT && !readHuffman(body, huffman)) return undefined;
    if (code === DRI && (body[0] !== 0 || body[1] !== 0)) return undefined;
    if (code === SOF_BASELINE || code === SOF_EXTENDED) {
      frame = readFrame(body);
      if (!frame) return undefined;
    }
    if (code === SOS) {
      const components = frame && readComponents(body, frame, { steps, huffman });
      const end = bytes.lastIndexOf(0xff);
      if (!frame || !components || bytes[end + 1] !== EOI || end < next) return undefined;
      return { width: frame.width, height: frame.height, components, data: bytes.subarray(next, end) };
    }
    at = next;
  }
  return undefined;
}
