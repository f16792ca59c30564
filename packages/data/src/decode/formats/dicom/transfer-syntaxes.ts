/** How the pixels of a file are encoded. */
export interface TransferSyntax {
  readonly encoding: 'raw' | 'rle' | 'jpeg' | 'jpeg-lossless' | 'jpeg-ls' | 'jpeg-2000';
  readonly bigEndian?: boolean;
  /** Why this one is not read, with the cure. */
  readonly refusal?: string;
}

const JPEG_2000_MULTI = 'JPEG 2000 with several components a set; convert them, with gdcmconv --raw';

/** By UID (PS3.6 table A-1). */
export const TRANSFER_SYNTAXES: ReadonlyMap<string, TransferSyntax> = new Map<string, TransferSyntax>([
  ['1.2.840.10008.1.2', { encoding: 'raw' }],
  ['1.2.840.10008.1.2.1', { encoding: 'raw' }],
  ['1.2.840.10008.1.2.2', { encoding: 'raw', bigEndian: true }],
  [
    '1.2.840.10008.1.2.1.99',
    { encoding: 'raw', refusal: 'deflated, which can hide any size; unpack them, with dcmconv +te' },
  ],
  ['1.2.840.10008.1.2.4.50', { encoding: 'jpeg' }],
  ['1.2.840.10008.1.2.4.51', { encoding: 'jpeg' }],
  ['1.2.840.10008.1.2.4.57', { encoding: 'jpeg-lossless' }],
  ['1.2.840.10008.1.2.4.70', { encoding: 'jpeg-lossless' }],
  ['1.2.840.10008.1.2.4.80', { encoding: 'jpeg-ls' }],
  ['1.2.840.10008.1.2.4.81', { encoding: 'jpeg-ls' }],
  ['1.2.840.10008.1.2.4.90', { encoding: 'jpeg-2000' }],
  ['1.2.840.10008.1.2.4.91', { encoding: 'jpeg-2000' }],
  ['1.2.840.10008.1.2.4.92', { encoding: 'jpeg-2000', refusal: JPEG_2000_MULTI }],
  ['1.2.840.10008.1.2.4.93', { encoding: 'jpeg-2000', refusal: JPEG_2000_MULTI }],
  ['1.2.840.10008.1.2.5', { encoding: 'rle' }],
]);
