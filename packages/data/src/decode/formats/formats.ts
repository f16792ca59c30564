import { bmp } from './bmp.ts';
import { dicom } from './dicom.ts';
import type { FileFormat } from './format.ts';
import { gif } from './gif.ts';
import { jpeg } from './jpeg.ts';
import { png } from './png.ts';
import { tiff } from './tiff.ts';
import { webp } from './webp.ts';

/**
 * Every kind of file that is read. libvips would also open SVG, PDF and others, which no image folder should feed it.
 */
const FORMATS: readonly FileFormat[] = [jpeg, png, bmp, tiff, webp, gif, dicom];
/** In this order: the preamble of a DICOM file may be the beginning of a TIFF, so that both kinds of viewer open it. */
const TRIED: readonly FileFormat[] = [dicom, ...FORMATS];

/** The kind of a file by its content; undefined when it is none of ours. */
export const formatOf = (bytes: Uint8Array): FileFormat | undefined =>
  TRIED.find((format) => format.matches(bytes));

/** `a JPEG, PNG, … or GIF`. */
export const FORMAT_NAMES = FORMATS.map(({ name }) => name)
  .join(', ')
  .replace(/, ([^,]*)$/, ' or $1');
