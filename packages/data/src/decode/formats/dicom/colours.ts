import type { ByteImage } from '../../../byte-image.ts';
import type { Frame } from './frame.ts';
import type { DicomHeader } from './header.ts';

/** A sample of any depth as a level in 0 … 255. */
function levelsOf({ samples, bitsStored, highBit }: Frame): Uint8Array {
  if (bitsStored === 8 && highBit === 7 && samples instanceof Uint8Array) return samples;
  const mask = 2 ** bitsStored - 1;
  const low = highBit + 1 - bitsStored;
  return Uint8Array.from(samples, (word) => Math.floor((((word >> low) & mask) * 255) / mask + 0.5));
}

const clamp = (value: number): number => Math.max(0, Math.min(255, Math.floor(value + 0.5)));

/** YBR_FULL (PS3.3 C.7.6.3.1.2) → RGB, in place, three bytes per pixel. */
function ybrToRgb(pixels: Uint8Array): void {
  for (let i = 0; i < pixels.length; i += 3) {
    const [y, cb, cr] = [pixels[i]!, pixels[i + 1]! - 128, pixels[i + 2]! - 128];
    pixels[i] = clamp(y + 1.402 * cr);
    pixels[i + 1] = clamp(y - 0.344136 * cb - 0.714136 * cr);
    pixels[i + 2] = clamp(y + 1.772 * cb);
  }
}

function interleave(levels: Uint8Array, planar: boolean): Uint8Array {
  if (!planar) return levels.slice();
  const pixels = levels.length / 3;
  return Uint8Array.from(levels, (_, i) => levels[(i % 3) * pixels + Math.floor(i / 3)]!);
}

/** YBR_FULL_422 as stored: two pixels are Y, Y, Cb, Cr. */
function spread422(stored: Uint8Array): Uint8Array {
  const out = new Uint8Array((stored.length / 2) * 3);
  for (let i = 0, o = 0; i < stored.length; i += 4) {
    for (const luma of [stored[i]!, stored[i + 1]!]) {
      out[o++] = luma;
      out[o++] = stored[i + 2]!;
      out[o++] = stored[i + 3]!;
    }
  }
  return out;
}

/** An image of three samples per pixel as RGB uint8 [rows, columns, 3]. */
export function colourImage(frame: Frame, { photometric, rows, columns }: DicomHeader): ByteImage {
  const levels = levelsOf(frame);
  const data = frame.halfChroma === true ? spread422(levels) : interleave(levels, frame.planar);
  if (!frame.isRgb && photometric.startsWith('YBR')) {
    if (!photometric.startsWith('YBR_FULL')) throw new Error(`DICOM colours ${photometric} are not read`);
    ybrToRgb(data);
  } else if (!frame.isRgb && photometric !== 'RGB') {
    throw new Error(`DICOM colours ${photometric} are not read`);
  }
  return { width: columns, height: rows, channels: 3, data };
}

const PALETTE_TAGS = ['1', '2', '3'].map((colour) => ({
  descriptor: `x0028110${colour}`,
  data: `x0028120${colour}`,
}));

/** One colour of a palette: a level for each stored value from `first` on. */
interface Ramp {
  readonly first: number;
  readonly levels: Uint8Array;
}

function readRamp({ dataSet, syntax }: DicomHeader, tags: { descriptor: string; data: string }): Ramp {
  const entries = dataSet.uint16(tags.descriptor, 0);
  const element = dataSet.elements[tags.data];
  if (entries === undefined || element === undefined)
    throw new Error('DICOM palette is missing, or segmented, which is not read');
  const count = entries === 0 ? 65536 : entries;
  const bits = dataSet.uint16(tags.descriptor, 2) ?? 16;
  const { byteArray } = dataSet;
  const available = Math.min(element.length, byteArray.length - element.dataOffset);
  // Palettes of 8 bits may be stored one byte or one word per entry.
  const bytesEach = available >= 2 * count ? 2 : 1;
  if (available < count * bytesEach) throw new Error('DICOM palette is cut off');
  const high = bytesEach === 2 && bits > 8 !== (syntax.bigEndian === true) ? 1 : 0;
  return {
    first: dataSet.uint16(tags.descriptor, 1) ?? 0,
    levels: Uint8Array.from(
      { length: count },
      (_, i) => byteArray[element.dataOffset + i * bytesEach + high]!,
    ),
  };
}

/** An image of palette indices as RGB uint8 [rows, columns, 3]; indices beyond either end take the end's colour. */
export function paletteImage(frame: Frame, header: DicomHeader): ByteImage {
  const ramps = PALETTE_TAGS.map((tags) => readRamp(header, tags));
  const { samples, bitsStored, highBit } = frame;
  const mask = 2 ** bitsStored - 1;
  const low = highBit + 1 - bitsStored;
  const data = new Uint8Array(samples.length * 3);
  samples.forEach((word, pixel) => {
    const index = (word >> low) & mask;
    for (const [colour, { first, levels }] of ramps.entries()) {
      data[3 * pixel + colour] = levels[Math.max(0, Math.min(levels.length - 1, index - first))]!;
    }
  });
  return { width: header.columns, height: header.rows, channels: 3, data };
}
