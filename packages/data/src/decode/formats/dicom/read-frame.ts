import dicomParser from 'dicom-parser';
import type { Frame } from './frame.ts';
import type { DicomHeader } from './header.ts';
import { decodeJpeg, decodeJpeg2000, decodeJpegLossless, decodeJpegLs } from './compressed.ts';
import { decodeRle } from './rle.ts';

/** Little-endian bytes as 16-bit words. */
function words(bytes: Uint8Array, bigEndian: boolean): Uint16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint16Array.from({ length: bytes.length >> 1 }, (_, i) => view.getUint16(2 * i, !bigEndian));
}

/** Bytes that were written as big-endian words, in their order. */
function swapped(bytes: Uint8Array): Uint8Array {
  return bytes.map((_, i) => bytes[i ^ 1] ?? 0);
}

function readRaw(bytes: Uint8Array, header: DicomHeader): Frame {
  const { pixelData, rows, columns, samplesPerPixel, bitsAllocated, photometric, syntax } = header;
  const samples = photometric === 'YBR_FULL_422' ? 2 : samplesPerPixel;
  const length = Math.ceil((rows * columns * samples * bitsAllocated) / 8);
  const start = pixelData.dataOffset;
  if (pixelData.encapsulatedPixelData) throw new Error('DICOM file is damaged: its pixels are compressed');
  const there = Math.min(pixelData.length, bytes.length - start);
  if (there < length) throw new Error(`DICOM pixels are cut off: ${there} bytes of ${length}`);
  const raw = bytes.subarray(start, start + length);
  const bigEndian = syntax.bigEndian === true;
  const packed = bigEndian && pixelData.vr === 'OW' ? swapped(raw) : raw;
  return { ...layoutOf(header), samples: bitsAllocated === 16 ? words(raw, bigEndian) : packed };
}

const layoutOf = ({ planar, bitsStored, highBit }: DicomHeader): Omit<Frame, 'samples'> => ({
  planar,
  bitsStored,
  highBit,
  isRgb: false,
});

function encapsulated(header: DicomHeader): Uint8Array {
  const { dataSet, pixelData } = header;
  const count = pixelData.fragments?.length ?? 0;
  if (count === 0) throw new Error('DICOM file is damaged: its compressed pixels are missing');
  const joined = dicomParser.readEncapsulatedPixelDataFromFragments(dataSet, pixelData, 0, count);
  return new Uint8Array(joined.buffer, joined.byteOffset, joined.byteLength);
}

/**
 * Decodes the pixels of a file.
 * @throws Error in one line when they are cut off, damaged, or of another size than the header says.
 */
export async function readFrame(bytes: Uint8Array, header: DicomHeader): Promise<Frame> {
  const { encoding } = header.syntax;
  if (encoding === 'raw') return readRaw(bytes, header);
  const compressed = encapsulated(header);
  try {
    switch (encoding) {
      case 'rle': {
        const { rows, columns, samplesPerPixel: planes, bitsAllocated } = header;
        const shape = { pixels: rows * columns, planes, bytesEach: bitsAllocated / 8 };
        const unpacked = decodeRle(compressed, shape);
        const samples = bitsAllocated === 16 ? words(unpacked, false) : unpacked;
        return { ...layoutOf(header), samples, planar: planes > 1 };
      }
      case 'jpeg':
        return await decodeJpeg(compressed, header);
      case 'jpeg-lossless':
        return await decodeJpegLossless(compressed, header);
      case 'jpeg-ls':
        return await decodeJpegLs(compressed, header);
      case 'jpeg-2000':
        return await decodeJpeg2000(compressed, header);
    }
  } catch (error) {
    const message = (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
    if (message.startsWith('DICOM')) throw error;
    throw new Error(`DICOM pixels cannot be decoded: ${message}`, { cause: error });
  }
}
