import dicomParser from 'dicom-parser';
import type { Frame } from './frame.ts';
import type { DicomHeader } from './header.ts';
import { decodeJpeg, decodeJpeg2000, decodeJpegLossless, decodeJpegLs } from './compressed.ts';
import { encodingOf } from './compressed-header.ts';
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

/** Whether values have bits outside of those that the header says are stored. */
function hasStrayBits(values: Uint16Array, { bitsStored, highBit }: DicomHeader): boolean {
  const stored = (2 ** bitsStored - 1) << (highBit + 1 - bitsStored);
  return values.some((value) => (value & ~stored) !== 0);
}

/**
 * Stored words of 16 bits. Where the stated byte order gives values of more bits than are stored, and the other one does
 * not, the other one is right: the file was converted without its pixels, or its pixels without the file.
 */
function orderedWords(raw: Uint8Array, header: DicomHeader): Uint16Array {
  const bigEndian = header.syntax.bigEndian === true;
  const stated = words(raw, bigEndian);
  if (header.bitsStored === 16 || header.signed || !hasStrayBits(stated, header)) return stated;
  const other = words(raw, !bigEndian);
  return hasStrayBits(other, header) ? stated : other;
}

/**
 * The bytes of one frame, of pixel data that are not compressed.
 * @throws Error when they are fewer, or more than padding can explain: the header then describes other pixels.
 */
function oneFrame(header: DicomHeader, length: number): Uint8Array {
  const { pixelData, dataSet } = header;
  const bytes = dataSet.byteArray as Uint8Array;
  const start = pixelData.dataOffset;
  const there = Math.min(pixelData.length, bytes.length - start);
  if (there < length) throw new Error(`DICOM pixels are cut off: ${there} bytes of ${length}`);
  const surplus = bytes.subarray(start + length, start + there);
  if (surplus.length > 1 && !surplus.every((byte) => byte === 0)) {
    const frames = there / length;
    throw new Error(
      Number.isInteger(frames)
        ? `DICOM pixels are ${frames} frames, though the header says one; save the frames you want as single images`
        : `DICOM pixels are longer than the header says: ${there} bytes instead of ${length}; convert the file anew`,
    );
  }
  return bytes.subarray(start, start + length);
}

function readRaw(header: DicomHeader): Frame {
  const { pixelData, rows, columns, samplesPerPixel, bitsAllocated, photometric, syntax } = header;
  const bytesOf = (samples: number): number => Math.ceil((rows * columns * samples * bitsAllocated) / 8);
  // Makers of ultrasound state YBR_FULL_422 and store the chroma of every pixel: the length shows it.
  const halfChroma = photometric === 'YBR_FULL_422' && pixelData.length < bytesOf(3);
  const raw = oneFrame(header, bytesOf(halfChroma ? 2 : samplesPerPixel));
  const packed = syntax.bigEndian === true && pixelData.vr === 'OW' ? swapped(raw) : raw;
  const samples = bitsAllocated === 16 ? orderedWords(raw, header) : packed;
  return { ...layoutOf(header), samples, halfChroma };
}

const layoutOf = (header: DicomHeader): Omit<Frame, 'samples'> => {
  const { planar, bitsStored, highBit, samplesPerPixel: components } = header;
  return { planar, bitsStored, highBit, components, isRgb: false };
};

/**
 * The compressed stream of the only frame.
 * @throws Error when there is none, or there are several frames: by the offset table, or by fragments that each begin a
 * stream.
 */
function encapsulated(header: DicomHeader): Uint8Array {
  const { dataSet, pixelData } = header;
  const fragments = pixelData.fragments ?? [];
  if (fragments.length === 0) throw new Error('DICOM file is damaged: its compressed pixels are missing');
  const bytes = dataSet.byteArray as Uint8Array;
  const begun = fragments.filter(
    ({ position, length }) => encodingOf(bytes.subarray(position, position + length)) !== undefined,
  ).length;
  const frames = Math.max(pixelData.basicOffsetTable?.length ?? 0, begun);
  if (frames > 1)
    throw new Error(
      `DICOM pixels are ${frames} frames, though the header says one; save the frames you want as single images`,
    );
  const joined = dicomParser.readEncapsulatedPixelDataFromFragments(dataSet, pixelData, 0, fragments.length);
  return new Uint8Array(joined.buffer, joined.byteOffset, joined.byteLength);
}

function readRle(compressed: Uint8Array, header: DicomHeader): Frame {
  const { rows, columns, samplesPerPixel: planes, bitsAllocated } = header;
  const shape = { pixels: rows * columns, planes, bytesEach: bitsAllocated / 8 };
  const unpacked = decodeRle(compressed, shape);
  const samples = bitsAllocated === 16 ? words(unpacked, false) : unpacked;
  return { ...layoutOf(header), samples, planar: planes > 1 };
}

/**
 * Decodes the pixels of a file. What the pixel data are goes before what the header says of them: whether they are
 * compressed, and how.
 * @throws Error in one line when they are cut off, damaged, of several frames, or of another size than the header says.
 */
export async function readFrame(header: DicomHeader): Promise<Frame> {
  const isCompressed = header.pixelData.encapsulatedPixelData === true;
  if (!isCompressed && header.syntax.encoding !== 'raw' && (header.pixelData.fragments ?? []).length > 0)
    throw new Error('DICOM file is damaged: its compressed pixels are missing');
  if (!isCompressed) return readRaw(header);
  const compressed = encapsulated(header);
  const { encoding } = header.syntax;
  try {
    switch (encodingOf(compressed) ?? encoding) {
      case 'rle':
        return readRle(compressed, header);
      case 'jpeg':
        return await decodeJpeg(compressed, header);
      case 'jpeg-lossless':
        return await decodeJpegLossless(compressed, header);
      case 'jpeg-ls':
        return await decodeJpegLs(compressed, header);
      case 'jpeg-2000':
        return await decodeJpeg2000(compressed, header);
      case 'raw':
        throw new Error('DICOM file is damaged: its pixels are compressed, and it does not say how');
    }
  } catch (error) {
    const message = (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
    if (message.startsWith('DICOM')) throw error;
    throw new Error(`DICOM pixels cannot be decoded: ${message}`, { cause: error });
  }
}
