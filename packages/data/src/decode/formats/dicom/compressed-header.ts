/** What a compressed frame says of itself, read before a decoder allocates anything. */
export interface CompressedSize {
  readonly width: number;
  readonly height: number;
  /** Bits per sample. */
  readonly precision: number;
}

/** A frame header of the JPEG family. */
export interface JpegFrame extends CompressedSize {
  /** Second byte of its marker: 0xC3 is lossless, 0xF7 JPEG-LS. */
  readonly marker: number;
  readonly components: readonly { readonly id: number; readonly sampling: number }[];
}

const CUT_OFF = 'its compressed pixels have no header';
const isFrameHeader = (marker: number): boolean =>
  (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) || marker === 0xf7;

/** The frame header (SOF) of a JPEG, lossless JPEG or JPEG-LS. @throws Error when there is none. */
export function jpegFrame(bytes: Uint8Array): JpegFrame {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 9 <= bytes.length; at += 2 + view.getUint16(at + 2)) {
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++;
    if (bytes[at] !== 0xff || at + 9 > bytes.length) break;
    const marker = bytes[at + 1]!;
    if (!isFrameHeader(marker)) continue;
    const components = Array.from({ length: bytes[at + 9] ?? 0 }, (_, i) => ({
      id: bytes[at + 10 + 3 * i] ?? 0,
      sampling: bytes[at + 11 + 3 * i] ?? 0,
    }));
    return {
      ...{ marker, components, precision: bytes[at + 4]! },
      ...{ height: view.getUint16(at + 5), width: view.getUint16(at + 7) },
    };
  }
  throw new Error(CUT_OFF);
}

/**
 * Whether the components of a JPEG without a colour marker can be red, green and blue: by their names, or because all
 * are sampled alike. Subsampled ones are YCbCr, whatever a header says.
 */
export function canBeRgb({ components }: JpegFrame): boolean {
  const named = String.fromCharCode(...components.map(({ id }) => id)) === 'RGB';
  return named || components.every(({ sampling }) => sampling === components[0]!.sampling);
}

/** The first box of a JP2 file (ISO 15444-1 annex I). */
const JP2_SIGNATURE = [0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20];
const CODESTREAM_BOX = 0x6a703263;

/** A JPEG 2000 codestream, taken out of its JP2 boxes where it lies in such. */
export function jpeg2000Codestream(bytes: Uint8Array): Uint8Array {
  if (!JP2_SIGNATURE.every((byte, i) => bytes[i] === byte)) return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 8 <= bytes.length;) {
    const [stated, kind] = [view.getUint32(at), view.getUint32(at + 4)];
    const isLong = stated === 1 && at + 16 <= bytes.length;
    const length = isLong ? Number(view.getBigUint64(at + 8)) : stated === 0 ? bytes.length - at : stated;
    const head = isLong ? 16 : 8;
    if (length < head) break;
    if (kind === CODESTREAM_BOX) return bytes.subarray(at + head, Math.min(bytes.length, at + length));
    at += length;
  }
  throw new Error('its JP2 file holds no codestream');
}

/** The size marker (SIZ) of a JPEG 2000 codestream. @throws Error when there is none. */
export function jpeg2000Size(bytes: Uint8Array): CompressedSize {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 43 || view.getUint32(0) !== 0xff4fff51) throw new Error(CUT_OFF);
  const side = (offset: number): number => view.getUint32(offset) - view.getUint32(offset + 8);
  return { width: side(8), height: side(12), precision: (bytes[42]! & 0x7f) + 1 };
}

/** Whether a codestream transforms its colours itself (COD marker), so that its decoder gives RGB. */
export function transformsColours(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff; at += 2 + view.getUint16(at + 2)) {
    if (bytes[at + 1] === 0x52) return bytes[at + 8] === 1;
    if (bytes[at + 1] === 0x90 || bytes[at + 1] === 0x93) return false;
  }
  return false;
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

export type CompressedEncoding = 'rle' | 'jpeg' | 'jpeg-lossless' | 'jpeg-ls' | 'jpeg-2000';

/** How a compressed stream is encoded, by its first bytes; undefined where they do not say. */
export function encodingOf(bytes: Uint8Array): CompressedEncoding | undefined {
  const starts = (magic: readonly number[]): boolean => magic.every((byte, i) => bytes[i] === byte);
  if (starts([0xff, 0x4f, 0xff, 0x51]) || starts(JP2_SIGNATURE)) return 'jpeg-2000';
  if (starts([0xff, 0xd8])) {
    try {
      const { marker } = jpegFrame(bytes);
      return marker === 0xf7 ? 'jpeg-ls' : marker === 0xc3 ? 'jpeg-lossless' : 'jpeg';
    } catch {
      return undefined;
    }
  }
  if (bytes.length < 64) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const segments = view.getUint32(0, true);
  return segments >= 1 && segments <= 15 && view.getUint32(4, true) === 64 ? 'rle' : undefined;
}
