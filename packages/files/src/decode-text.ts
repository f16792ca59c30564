/** Bytes as text, or where and why they are none. */
export type DecodedText =
  | { readonly text: string }
  | {
      /** The line, counted from 1, and the value of the first byte that is not text in this encoding. */
      readonly line: number;
      readonly byte: number;
    };

const MARKS: readonly { readonly mark: readonly number[]; readonly encoding: string }[] = [
  { mark: [0xef, 0xbb, 0xbf], encoding: 'utf-8' },
  { mark: [0xff, 0xfe], encoding: 'utf-16le' },
  { mark: [0xfe, 0xff], encoding: 'utf-16be' },
];

/** The encoding that a byte order mark states; undefined without one. */
function markedEncoding(bytes: Uint8Array): string | undefined {
  return MARKS.find(({ mark }) => mark.every((byte, i) => bytes[i] === byte))?.encoding;
}

/** The whole text; undefined where a byte is none of the encoding. A byte order mark is not part of it. */
function decodeWhole(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    // An unknown encoding is a RangeError; bytes that do not fit are a TypeError.
    if (error instanceof RangeError) throw error;
    return undefined;
  }
}

/** The first byte at which the text breaks off, by halving: whatever comes before it can be decoded. */
function firstOddByte(bytes: Uint8Array, encoding: string): number {
  let [good, bad] = [0, bytes.length];
  const decodes = (length: number): boolean => {
    try {
      // `stream` lets a character be cut at the end.
      new TextDecoder(encoding, { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  while (good + 1 < bad) {
    const middle = (good + bad) >> 1;
    if (decodes(middle)) good = middle;
    else bad = middle;
  }
  // The byte before may have begun a character that this one does not continue: then that one is odd.
  while (good > 0 && decodeWhole(bytes.subarray(0, good), encoding) === undefined) good--;
  return good;
}

/**
 * Decodes a text file strictly: a byte that is no text is an answer, not a replacement character. A byte order mark
 * (UTF-8, UTF-16 in either order) goes before `encoding`, which is UTF-8 by default.
 * @throws RangeError when no such encoding is known.
 */
export function decodeText(bytes: Uint8Array, encoding = 'utf-8'): DecodedText {
  const used = markedEncoding(bytes) ?? encoding;
  const text = decodeWhole(bytes, used);
  if (text !== undefined) return { text };
  const at = firstOddByte(bytes, used);
  let line = 1;
  for (let i = bytes.indexOf(0x0a); i >= 0 && i < at; i = bytes.indexOf(0x0a, i + 1)) line++;
  return { line, byte: bytes[at]! };
}
