import dicomParser, { type DataSet, type Element } from 'dicom-parser';
import { completeFile, withActualSyntax } from './complete-file.ts';
import { TRANSFER_SYNTAXES, type TransferSyntax } from './transfer-syntaxes.ts';

/** What a DICOM file says about its one image (PS3.3 C.7.6.3). */
export interface DicomHeader {
  readonly dataSet: DataSet;
  readonly syntax: TransferSyntax;
  readonly pixelData: Element;
  readonly rows: number;
  readonly columns: number;
  readonly photometric: string;
  readonly samplesPerPixel: 1 | 3;
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  /** One plane of each colour after the other, instead of pixel by pixel. */
  readonly planar: boolean;
}

const TAG = {
  syntax: 'x00020010',
  sopClass: 'x00080016',
  modality: 'x00080060',
  samplesPerPixel: 'x00280002',
  photometric: 'x00280004',
  planar: 'x00280006',
  frames: 'x00280008',
  rows: 'x00280010',
  columns: 'x00280011',
  bitsAllocated: 'x00280100',
  bitsStored: 'x00280101',
  highBit: 'x00280102',
  signed: 'x00280103',
  document: 'x00420011',
  floatPixels: 'x7fe00008',
  doublePixels: 'x7fe00009',
  pixels: 'x7fe00010',
} as const;

/** The file as it can be parsed, and how its pixels are encoded. */
function openFile(given: Uint8Array): { bytes: Uint8Array; syntax: TransferSyntax } {
  const complete = completeFile(given);
  const meta = dicomParser.readPart10Header(complete);
  const stated = meta.string(TAG.syntax) ?? '';
  const position = (meta as DataSet & { readonly position?: number }).position;
  const bytes = position === undefined ? complete : withActualSyntax(complete, position, stated);
  const uid = bytes === complete ? stated : (dicomParser.readPart10Header(bytes).string(TAG.syntax) ?? '');
  const syntax = TRANSFER_SYNTAXES.get(uid);
  if (syntax === undefined) {
    throw new Error(
      `DICOM transfer syntax ${uid || '(none)'} is not read; convert it, with dcmconv or gdcmconv --raw for instance`,
    );
  }
  if (syntax.refusal !== undefined) throw new Error(`DICOM pixels are ${syntax.refusal}`);
  return { bytes, syntax };
}

/** Says what a file without pixels holds instead. */
function refuseWithoutPixels(dataSet: DataSet): never {
  const { elements } = dataSet;
  if (TAG.document in elements)
    throw new Error('DICOM file holds a document (PDF or CDA), no image; leave it out');
  if (TAG.floatPixels in elements || TAG.doublePixels in elements) {
    throw new Error('DICOM pixels are floating-point numbers, which are not read; convert them to 16 bits');
  }
  const modality = dataSet.string(TAG.modality);
  const kind = modality === undefined ? '' : ` (modality ${modality})`;
  throw new Error(`DICOM file holds no pixel data${kind}: a report or an index, no image; leave it out`);
}

/**
 * Reads everything about the image but its pixels.
 * @throws Error in one line for what is not one image of 8 to 16 bits.
 */
export function readHeader(given: Uint8Array, maxPixels: number): DicomHeader {
  const { bytes, syntax } = openFile(given);
  const dataSet = dicomParser.parseDicom(bytes);
  const pixelData = dataSet.elements[TAG.pixels];
  if (pixelData === undefined) refuseWithoutPixels(dataSet);
  const frames = dataSet.intString(TAG.frames) ?? 1;
  if (frames !== 1) {
    throw new Error(
      `DICOM file holds ${frames} frames, a stack or a film; save the frames you want as single images`,
    );
  }
  const need = (tag: string, name: string): number => {
    const value = dataSet.uint16(tag);
    if (value === undefined) throw new Error(`DICOM file is damaged: it has no ${name}`);
    return value;
  };
  const [rows, columns] = [need(TAG.rows, 'Rows'), need(TAG.columns, 'Columns')];
  if (rows < 1 || columns < 1) throw new Error(`DICOM image of ${columns}×${rows} pixels`);
  if (rows * columns > maxPixels)
    throw new Error(`DICOM image of ${columns}×${rows} pixels is over the pixel limit`);
  const bitsAllocated = need(TAG.bitsAllocated, 'Bits Allocated');
  const bitsStored = dataSet.uint16(TAG.bitsStored) ?? bitsAllocated;
  const highBit = dataSet.uint16(TAG.highBit) ?? bitsStored - 1;
  if (bitsAllocated !== 8 && bitsAllocated !== 16)
    throw new Error(`DICOM pixels of ${bitsAllocated} bits are not read; only 8 and 16`);
  if (bitsStored < 1 || highBit >= bitsAllocated || bitsStored > highBit + 1)
    throw new Error(`DICOM file is damaged: ${bitsStored} bits up to bit ${highBit} of ${bitsAllocated}`);
  const samplesPerPixel = dataSet.uint16(TAG.samplesPerPixel) ?? 1;
  if (samplesPerPixel !== 1 && samplesPerPixel !== 3)
    throw new Error(`DICOM pixels of ${samplesPerPixel} samples are not read; only 1 and 3`);
  const photometric = dataSet.string(TAG.photometric) ?? (samplesPerPixel === 1 ? 'MONOCHROME2' : 'RGB');
  return {
    dataSet,
    syntax,
    pixelData,
    rows,
    columns,
    photometric,
    samplesPerPixel,
    bitsAllocated,
    bitsStored,
    highBit,
    signed: dataSet.uint16(TAG.signed) === 1,
    planar: samplesPerPixel === 3 && dataSet.uint16(TAG.planar) === 1,
  };
}
