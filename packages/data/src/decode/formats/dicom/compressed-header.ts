/** What a compressed frame says of itself, read before a decoder allocates anything. */
export interface CompressedSize {
  readonly width: number;
  readonly height: number;
  /** Bits a sample. */
  readonly precision: number;
}

const CUT_OFF = 'its compressed pixels have no header';
const isFrameHeader = (marker: number): boolean =>
  (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) || marker === 0xf7;

/** The frame header (SOF) of a JPEG, lossless JPEG or JPEG-LS. @throws Error when there is none. */
export function jpegSize(bytes: Uint8Array): CompressedSize {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 9 <= bytes.length; at += 2 + view.getUint16(at + 2)) {
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++;
    if (bytes[at] !== 0xff || at + 9 > bytes.length) break;
    if (isFrameHeader(bytes[at + 1]!)) {
      return { precision: bytes[at + 4]!, height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    }
  }
  throw new Error(CUT_OFF);
}

/** The size marker (SIZ) of a JPEG 2000 codestream. @throws Error when there is none. */
export function jpeg2000Size(bytes: Uint8Array): CompressedSize {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 43 || view.getUint32(0) !== 0xff4fff51) throw new Error(CUT_OFF);
  const side = (offset: number): number => view.getUint32(offset) - view.getUint32(offset + 8);
  return { width: side(8), height: side(12), precision: (bytes[42]! & 0x7f) + 1 };
}

/** Whether a JPEG says how its colours are coded: by a JFIF (APP0) or an Adobe (APP14) marker. */
export function namesItsColours(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; at += 2 + view.getUint16(at + 2)) {
    if (bytes[at + 1] === 0xe0 || bytes[at + 1] === 0xee) return true;
    if (isFrameHeader(bytes[at + 1]!)) return false;
  }
  return false;
}
