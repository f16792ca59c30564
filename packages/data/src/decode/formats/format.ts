import type { ByteImage } from '../../byte-image.ts';
import type { Window } from './window.ts';

/** What the pixels of a file may depend on besides its bytes. */
export interface DecodeSettings {
  /** Images with more pixels are refused before they are decoded. */
  readonly maxPixels: number;
  /** How more than 8 bits become 8; undefined = `auto`. */
  readonly window?: Window | undefined;
}

/** A kind of image file. */
export interface FileFormat {
  /** As people write it: JPEG, PNG, DICOM. */
  readonly name: string;
  /** Whether the bytes are of this kind, by their first few: names lie. */
  matches(bytes: Uint8Array): boolean;
  /**
   * RGB uint8 [height, width, 3].
   * @throws Error with one line that says why the bytes cannot be read.
   */
  decode(bytes: Uint8Array, settings: DecodeSettings): ByteImage | Promise<ByteImage>;
}

/** The bytes `from` … `to` as text, one character each. */
export function ascii(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}
