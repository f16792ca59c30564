import type { DataSet } from 'dicom-parser';
import type { ByteImage } from '../../../byte-image.ts';
import { windowLevels } from '../deep-samples.ts';
import {
  exactWindow,
  extent,
  linearWindow,
  stretch,
  toLevels,
  type ToLevel,
  type Window,
} from '../window.ts';
import type { Frame } from './frame.ts';
import type { DicomHeader } from './header.ts';

const TAG = {
  padding: 'x00280120',
  paddingLimit: 'x00280121',
  windowCenter: 'x00281050',
  windowWidth: 'x00281051',
  rescaleIntercept: 'x00281052',
  rescaleSlope: 'x00281053',
  windowFunction: 'x00281056',
  modalityTable: 'x00283000',
} as const;

/** Stored words as signed or unsigned numbers. */
function storedValues({ samples, bitsStored, highBit }: Frame, signed: boolean): Float32Array {
  const up = 31 - highBit;
  const down = 32 - bitsStored;
  return Float32Array.from(samples, (word) => (signed ? (word << up) >> down : (word << up) >>> down));
}

/** The file's first window, as a function of modality values (PS3.3 C.11.2); undefined where it has none. */
function windowOfFile(dataSet: DataSet): ToLevel | undefined {
  const center = dataSet.floatString(TAG.windowCenter);
  const width = dataSet.floatString(TAG.windowWidth);
  if (center === undefined || width === undefined || !Number.isFinite(center) || !(width > 0))
    return undefined;
  const kind = dataSet.string(TAG.windowFunction);
  if (kind === 'SIGMOID') return (value) => 255 / (1 + Math.exp((-4 * (value - center)) / width));
  if (kind === 'LINEAR_EXACT') return exactWindow(center, width);
  return linearWindow(center, width);
}

/** The stored values that mean "no image here", as an interval; undefined where the file names none. */
function paddingOf({ dataSet, signed }: DicomHeader): readonly [number, number] | undefined {
  const read = (tag: string): number | undefined => (signed ? dataSet.int16(tag) : dataSet.uint16(tag));
  const value = read(TAG.padding);
  if (value === undefined) return undefined;
  const limit = read(TAG.paddingLimit) ?? value;
  return [Math.min(value, limit), Math.max(value, limit)];
}

/** Modality values (Hounsfield units for CT) of the stored ones; a file without a rescale stores them. */
function rescale({ dataSet }: DicomHeader): (stored: number) => number {
  if (TAG.modalityTable in dataSet.elements)
    throw new Error('DICOM Modality LUT is not read; convert the file, with dcmdjpeg or dcm2pnm');
  const slope = dataSet.floatString(TAG.rescaleSlope) ?? 1;
  const intercept = dataSet.floatString(TAG.rescaleIntercept) ?? 0;
  if (!Number.isFinite(slope) || !Number.isFinite(intercept) || slope === 0)
    throw new Error(`DICOM file is damaged: rescale slope ${slope}, intercept ${intercept}`);
  return (stored) => stored * slope + intercept;
}

function fullRange(bits: number, signed: boolean): readonly [number, number] {
  return signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
}

/**
 * A grey image as RGB uint8 [rows, columns, 3]. Values that stand for padding do not count where the darkest and the
 * brightest are looked for. MONOCHROME1 is turned round: in the result, as on a viewer, more is brighter.
 */
export function greyImage(
  frame: Frame,
  { header, window = 'auto' }: { readonly header: DicomHeader; readonly window?: Window | undefined },
): ByteImage {
  const { dataSet, signed, rows, columns, photometric } = header;
  const stored = storedValues(frame, signed);
  const toModality = rescale(header);
  const values = stored.map(toModality);
  const padding = paddingOf(header);
  const seen = padding ? values.filter((_, i) => stored[i]! < padding[0] || stored[i]! > padding[1]) : values;

  const full = (): ToLevel => {
    const [a, b] = fullRange(frame.bitsStored, signed).map(toModality) as [number, number];
    return stretch(Math.min(a, b), Math.max(a, b));
  };
  const auto = (): ToLevel =>
    windowOfFile(dataSet) ?? (frame.bitsStored <= 8 ? full() : stretch(...extent(seen)));
  const toLevel = window === 'auto' ? auto() : window === 'full' ? full() : windowLevels(seen, window);

  const levels = toLevels(values, toLevel);
  const invert = photometric === 'MONOCHROME1' ? 255 : 0;
  const data = new Uint8Array(levels.length * 3);
  levels.forEach((level, i) => data.fill(level ^ invert, 3 * i, 3 * i + 3));
  return { width: columns, height: rows, channels: 3, data };
}
