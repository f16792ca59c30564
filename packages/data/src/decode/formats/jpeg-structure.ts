/** What a JPEG that any decoder of the libjpeg family reads alike says of itself. */
export interface PlainJpeg {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 3 YCbCr. */
  readonly components: 1 | 3;
}

const SOF_BASELINE = 0xc0;
const SOF_EXTENDED = 0xc1;
const SOF_PROGRESSIVE = 0xc2;
const EOI = 0xd9;
const SOS = 0xda;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP14 = 0xee;
/** Tables and comments, which need no look. */
const PASSED_OVER = new Set([0xc4, 0xdb, 0xdd, 0xfe]);
/** A file of more is a bomb: each scan of a progressive image goes over all of it. */
const MOST_SCANS = 100;

/** Chroma at half the width, at half of both, or in full: upsampled alike by every release of libjpeg-turbo. */
const LUMA_SAMPLING = new Set([0x11, 0x21, 0x22]);

function matches(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** The frame header at `at`; undefined where it is of an unusual kind. */
function readFrame(bytes: Uint8Array, at: number): (PlainJpeg & { readonly ids: string }) | undefined {
  const [precision, components] = [bytes[at], bytes[at + 5]];
  if (precision !== 8 || (components !== 1 && components !== 3)) return undefined;
  const height = (bytes[at + 1]! << 8) | bytes[at + 2]!;
  const width = (bytes[at + 3]! << 8) | bytes[at + 4]!;
  if (width === 0 || height === 0) return undefined;
  const ids: number[] = [];
  for (let i = 0; i < components; i++) {
    const sampling = bytes[at + 7 + 3 * i]!;
    if (i === 0 && components === 3 ? !LUMA_SAMPLING.has(sampling) : sampling !== 0x11) return undefined;
    ids.push(bytes[at + 6 + 3 * i]!);
  }
  return { width, height, components, ids: ids.join() };
}

/** Where the compressed data that begin at `at` end: at the next marker that is no restart. */
function endOfScan(bytes: Uint8Array, at: number): number {
  for (let i = bytes.indexOf(0xff, at); i >= 0; i = bytes.indexOf(0xff, i + 1)) {
    const code = bytes[i + 1];
    if (code === undefined) return -1;
    if (code !== 0 && code !== 0xff && !(code >= 0xd0 && code <= 0xd7)) return i;
  }
  return -1;
}

/**
 * Looks at a JPEG's markers, not at its compressed data. Undefined for all that wants a closer look: CMYK, RGB, 12 bits,
 * arithmetic coding, odd sampling, EXIF (it may turn the image), a missing end, whatever is not understood.
 */
export function plainJpeg(bytes: Uint8Array): PlainJpeg | undefined {
  let frame: ReturnType<typeof readFrame>;
  let [jfif, adobe, scans] = [false, false, 0];
  for (let at = 2; at + 1 < bytes.length;) {
    if (bytes[at] !== 0xff) return undefined;
    const code = bytes[at + 1]!;
    if (code === 0xff) {
      at++;
      continue;
    }
    if (code === EOI) {
      if (!frame || scans === 0) return undefined;
      const known = frame.components === 1 || jfif || adobe || frame.ids === '1,2,3';
      return known ? { width: frame.width, height: frame.height, components: frame.components } : undefined;
    }
    const [body, length] = [at + 4, (bytes[at + 2]! << 8) | bytes[at + 3]!];
    const next = at + 2 + length;
    if (length < 2 || next > bytes.length) return undefined;
    if (code === SOF_BASELINE || code === SOF_EXTENDED || code === SOF_PROGRESSIVE) {
      if (frame) return undefined;
      frame = readFrame(bytes, body);
      if (!frame) return undefined;
    } else if (code === APP0) jfif ||= matches(bytes, body, 'JFIF\0');
    else if (code === APP1 && matches(bytes, body, 'Exif\0')) return undefined;
    else if (code === APP14 && matches(bytes, body, 'Adobe')) {
      // The transform: 1 is YCbCr.
      if (bytes[body + 11] !== 1) return undefined;
      adobe = true;
    } else if (!PASSED_OVER.has(code) && code !== SOS && !(code > APP0 && code <= 0xef)) return undefined;
    at = next;
    if (code === SOS) {
      if (!frame || ++scans > MOST_SCANS) return undefined;
      at = endOfScan(bytes, next);
      if (at < 0) return undefined;
    }
  }
  return undefined;
}
