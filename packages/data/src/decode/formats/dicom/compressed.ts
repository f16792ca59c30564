import {
  canBeRgb,
  jpeg2000Codestream,
  jpeg2000Size,
  jpegFrame,
  namesItsColours,
  transformsColours,
  type CompressedSize,
} from './compressed-header.ts';
import type { Frame } from './frame.ts';
import type { DicomHeader } from './header.ts';
import { runDecoder, type WasmDecoder } from './wasm-decoder.ts';

/** An Adobe marker that says: three components, not transformed. */
const ADOBE_RGB = Uint8Array.from([0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 0]);

/** A frame larger than its file says would be allocated before anybody looks. */
function checkSize({ width, height }: CompressedSize, { columns, rows }: DicomHeader): void {
  if (width === columns && height === rows) return;
  throw new Error(`they are ${width}×${height}, the file says ${columns}×${rows}`);
}

/** The frame that a decoder gave: its stream says how many samples per pixel has, whatever the header says. */
function frameOf(
  samples: Frame['samples'],
  { rows, columns, samplesPerPixel }: DicomHeader,
  rest: Partial<Frame> & { bits: number },
): Frame {
  const components = samples.length / (rows * columns);
  if (components !== 1 && components !== 3)
    throw new Error(`${samples.length} samples instead of ${rows * columns * samplesPerPixel}`);
  const { bits, planar = false, isRgb = false } = rest;
  return { samples, components, planar, isRgb, bitsStored: bits, highBit: bits - 1 };
}

/** Bytes as samples of the machine's own order: 8 bits each, or 16. */
const samplesOf = (bytes: Uint8Array, bits: number): Frame['samples'] =>
  bits <= 8 ? bytes.slice() : new Uint16Array(bytes.slice().buffer);

/**
 * JPEG of 8 bits. The decoder converts YCbCr. A stream without a colour marker that the header calls RGB gets one, where
 * its components can be RGB.
 */
export async function decodeJpeg(bytes: Uint8Array, header: DicomHeader): Promise<Frame> {
  const size = jpegFrame(bytes);
  checkSize(size, header);
  if (size.precision !== 8)
    throw new Error(
      `DICOM pixels are JPEG of ${size.precision} bits; convert them, with dcmdjpeg for instance`,
    );
  const isPlainRgb = header.photometric === 'RGB' && !namesItsColours(bytes) && canBeRgb(size);
  const marked = isPlainRgb ? Buffer.concat([bytes.subarray(0, 2), ADOBE_RGB, bytes.subarray(2)]) : bytes;
  const isColour = size.components.length > 1;
  const { default: sharp } = await import('sharp');
  const { data } = await sharp(marked, { failOn: 'error', ignoreIcc: true })
    .toColourspace(isColour ? 'srgb' : 'b-w')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return frameOf(data, header, { bits: 8, isRgb: isColour });
}

/** JPEG lossless (process 14), 2 to 16 bits. */
export async function decodeJpegLossless(bytes: Uint8Array, header: DicomHeader): Promise<Frame> {
  const size = jpegFrame(bytes);
  checkSize(size, header);
  const { Decoder } = await import('jpeg-lossless-decoder-js');
  const own = bytes.slice();
  const decoded = new Decoder().decompress(own.buffer, 0, own.length);
  return frameOf(samplesOf(new Uint8Array(decoded), size.precision), header, { bits: size.precision });
}

function fromWasm(decoder: WasmDecoder, header: DicomHeader, rest: Partial<Frame>): Frame {
  const { bitsPerSample: bits } = decoder.getFrameInfo();
  return frameOf(samplesOf(decoder.getDecodedBuffer(), bits), header, { ...rest, bits });
}

/** The decoders say on the console what they do. */
const SILENT = { print: () => undefined, printErr: () => undefined };

let charls: Promise<{ readonly JpegLSDecoder: new () => object }> | undefined;

/** JPEG-LS, lossless and near lossless. */
export async function decodeJpegLs(bytes: Uint8Array, header: DicomHeader): Promise<Frame> {
  checkSize(jpegFrame(bytes), header);
  charls ??= import('@cornerstonejs/codec-charls/decodewasmjs').then(({ default: load }) => load(SILENT));
  const { JpegLSDecoder } = await charls;
  return runDecoder(new JpegLSDecoder() as WasmDecoder, bytes, (decoder) =>
    fromWasm(decoder, header, {
      planar: decoder.getFrameInfo().componentCount === 3 && decoder.getInterleaveMode?.() === 0,
    }),
  );
}

let openjpeg: Promise<{ readonly J2KDecoder: new () => object }> | undefined;

/** JPEG 2000, reversible and not, bare or in a JP2 file. Its own colour transform (RCT, ICT) is undone by the decoder. */
export async function decodeJpeg2000(given: Uint8Array, header: DicomHeader): Promise<Frame> {
  const bytes = jpeg2000Codestream(given);
  checkSize(jpeg2000Size(bytes), header);
  openjpeg ??= import('@cornerstonejs/codec-openjpeg/decodewasmjs').then(({ default: load }) => load(SILENT));
  const { J2KDecoder } = await openjpeg;
  const isRgb = transformsColours(bytes) || ['YBR_RCT', 'YBR_ICT'].includes(header.photometric);
  return runDecoder(new J2KDecoder() as WasmDecoder, bytes, (decoder) =>
    fromWasm(decoder, header, { isRgb }),
  );
}
