import type { ByteImage } from '../../byte-image.ts';
import type { FileFormat } from './format.ts';

/** Bytes of the file header; the bitmap header follows it. */
const FILE_HEADER = 14;
const CORE_HEADER = 12;
const INFO_HEADER = 40;

const BI_RGB = 0;
const BI_BITFIELDS = 3;
const BI_ALPHABITFIELDS = 6;
const COMPRESSION_NAMES: Readonly<Record<number, string>> = { 1: 'RLE8', 2: 'RLE4', 4: 'JPEG', 5: 'PNG' };

/** The first two bytes of every BMP. */
function isBmp(bytes: Uint8Array): boolean {
  return bytes[0] === 0x42 && bytes[1] === 0x4d;
}

interface BmpHeader {
  readonly width: number;
  readonly height: number;
  readonly topDown: boolean;
  readonly bits: number;
  readonly compression: number;
  /** Bytes of one palette entry. */
  readonly entrySize: 3 | 4;
  /** Palette entries the header claims; 0 = as many as the bits allow. */
  readonly coloursUsed: number;
  readonly headerSize: number;
  readonly pixelOffset: number;
}

function readHeader(view: DataView): BmpHeader {
  if (view.byteLength < FILE_HEADER + CORE_HEADER) throw new Error('BMP header is cut off');
  const headerSize = view.getUint32(FILE_HEADER, true);
  const pixelOffset = view.getUint32(10, true);
  if (headerSize === CORE_HEADER) {
    return {
      width: view.getUint16(18, true),
      height: view.getUint16(20, true),
      topDown: false,
      bits: view.getUint16(24, true),
      compression: BI_RGB,
      entrySize: 3,
      coloursUsed: 0,
      headerSize,
      pixelOffset,
    };
  }
  if (headerSize < INFO_HEADER || headerSize > 124)
    throw new Error(`BMP header of ${headerSize} bytes is unknown`);
  if (view.byteLength < FILE_HEADER + headerSize) throw new Error('BMP header is cut off');
  const height = view.getInt32(22, true);
  return {
    width: view.getInt32(18, true),
    height: Math.abs(height),
    topDown: height < 0,
    bits: view.getUint16(28, true),
    compression: view.getUint32(30, true),
    entrySize: 4,
    coloursUsed: view.getUint32(46, true),
    headerSize,
    pixelOffset,
  };
}

function checkHeader(header: BmpHeader, available: number, maxPixels: number): void {
  const { width, height, bits, compression } = header;
  if (width < 1 || height < 1) throw new Error(`BMP of ${width}×${height} pixels`);
  if (width * height > maxPixels) throw new Error(`BMP of ${width}×${height} pixels is over the pixel limit`);
  const masked = compression === BI_BITFIELDS || compression === BI_ALPHABITFIELDS;
  if (!masked && compression !== BI_RGB) {
    throw new Error(
      `BMP compression ${COMPRESSION_NAMES[compression] ?? compression} is not read; only uncompressed`,
    );
  }
  const legal = masked ? [16, 32] : [1, 4, 8, 16, 24, 32];
  if (!legal.includes(bits))
    throw new Error(`BMP of ${bits} bits a pixel${masked ? ' with bit masks' : ''} is not read`);
  const needed = header.pixelOffset + rowBytes(header) * height;
  if (header.pixelOffset < FILE_HEADER + header.headerSize) throw new Error('BMP pixels overlap its header');
  if (needed > available) throw new Error(`BMP is cut off: ${available} bytes of ${needed}`);
}

/** Rows are padded to 4 bytes. */
function rowBytes({ width, bits }: BmpHeader): number {
  return Math.ceil((width * bits) / 32) * 4;
}

/** Three bytes (red, green, blue) for each pixel of a row, from the row's bytes at `offset`. */
type RowReader = (offset: number, out: Uint8Array, at: number) => void;

function paletteReader(view: DataView, header: BmpHeader): RowReader {
  const { width, bits, entrySize } = header;
  const start = FILE_HEADER + header.headerSize;
  const room = Math.floor((header.pixelOffset - start) / entrySize);
  const entries = Math.min(header.coloursUsed || 2 ** bits, 2 ** bits, room);
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  return (offset, out, at) => {
    for (let x = 0; x < width; x++) {
      const shift = 8 - bits * ((x % perByte) + 1);
      const index = (view.getUint8(offset + Math.floor(x / perByte)) >> shift) & mask;
      if (index >= entries)
        throw new Error(`BMP pixel has colour ${index}, the palette holds ${entries}: damaged`);
      const entry = start + index * entrySize;
      for (let c = 0; c < 3; c++) out[at++] = view.getUint8(entry + 2 - c);
    }
  };
}

function byteReader(view: DataView, { width, bits }: BmpHeader): RowReader {
  const pixelBytes = bits / 8;
  return (offset, out, at) => {
    for (let x = 0; x < width; x++, offset += pixelBytes) {
      for (let c = 0; c < 3; c++) out[at++] = view.getUint8(offset + 2 - c);
    }
  };
}

interface Mask {
  readonly shift: number;
  readonly max: number;
}

function parseMask(mask: number): Mask {
  if (mask === 0) return { shift: 0, max: 0 };
  const shift = 31 - Math.clz32(mask & -mask);
  const max = mask >>> shift;
  // A run of ones plus one is a power of two.
  if ((max & (max + 1)) !== 0) throw new Error('BMP bit masks have gaps');
  return { shift, max };
}

function maskReader(view: DataView, header: BmpHeader): RowReader {
  const { width, bits } = header;
  // BI_RGB at 16 bits is 5-5-5; masks follow the 40-byte header or are its continuation: the same place.
  const at40 = FILE_HEADER + INFO_HEADER;
  if (header.compression !== BI_RGB && header.pixelOffset < at40 + 12)
    throw new Error('BMP bit masks are missing');
  const masks = (
    header.compression === BI_RGB
      ? [0x7c00, 0x03e0, 0x001f]
      : [0, 4, 8].map((offset) => view.getUint32(at40 + offset, true))
  ).map(parseMask);
  return (offset, out, at) => {
    for (let x = 0; x < width; x++, offset += bits / 8) {
      const pixel = bits === 16 ? view.getUint16(offset, true) : view.getUint32(offset, true);
      for (const { shift, max } of masks) {
        const value = ((pixel >>> shift) & max) >>> 0;
        out[at++] = max === 0 ? 0 : Math.trunc((value * 255) / max);
      }
    }
  };
}

function rowReader(view: DataView, header: BmpHeader): RowReader {
  if (header.bits <= 8) return paletteReader(view, header);
  if (header.bits === 16 || header.compression !== BI_RGB) return maskReader(view, header);
  return byteReader(view, header);
}

/**
 * Reads an uncompressed Windows or OS/2 bitmap: 1, 4, 8 (palette), 16, 24, 32 bits, bit masks, rows in either order.
 * Alpha is dropped. Gives RGB uint8 [height, width, 3].
 * @throws Error saying what is wrong, before anything is allocated for the pixels.
 */
export function decodeBmp(bytes: Uint8Array, maxPixels: number): ByteImage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = readHeader(view);
  checkHeader(header, bytes.byteLength, maxPixels);
  const read = rowReader(view, header);
  const { width, height } = header;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const row = header.topDown ? y : height - 1 - y;
    read(header.pixelOffset + y * rowBytes(header), data, row * width * 3);
  }
  return { width, height, channels: 3, data };
}

/** Windows and OS/2 bitmaps. */
export const bmp: FileFormat = {
  name: 'BMP',
  matches: isBmp,
  decode: (bytes, { maxPixels }) => decodeBmp(bytes, maxPixels),
};
