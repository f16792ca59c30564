import { readFile } from 'node:fs/promises';
import { decodeText, MedganError, messageOf } from '@medgan/files';

/** First bytes of files that people give for a table, what they are, and what to do. */
const OTHER_FILES: readonly {
  readonly start: readonly number[];
  readonly is: string;
  readonly cure: string;
}[] = [
  { start: [0x50, 0x4b, 3, 4], is: 'an Excel workbook or a ZIP file', cure: 'save it as "CSV UTF-8"' },
  { start: [0xd0, 0xcf, 0x11, 0xe0], is: 'an old Excel workbook', cure: 'save it as "CSV UTF-8"' },
  { start: [0x1f, 0x8b], is: 'packed with gzip', cure: 'unpack it: gunzip' },
  { start: [...Buffer.from('PAR1')], is: 'a Parquet file', cure: 'save it as CSV, with pandas for instance' },
  {
    start: [...Buffer.from('version https://git-lfs')],
    is: 'a pointer of Git LFS, not the table itself',
    cure: 'fetch the table: git lfs pull',
  },
];

const isWebPage = (text: string): boolean => /^\s*<(!doctype html|html|\?xml)/i.test(text);

/**
 * What bytes that are no UTF-8 most probably are: GBK where they come in pairs that are all Chinese (as in GB 2312, both
 * bytes have their high bit set; accented letters of western Europe stand alone), else what Excel writes there.
 */
function guessEncoding(bytes: Uint8Array): string {
  let run = 0;
  for (const byte of bytes) {
    if (byte > 0x7f) run++;
    else if (run % 2 === 1) return 'windows-1252';
    else run = 0;
  }
  const chinese = decodeText(bytes, 'gbk');
  if (run % 2 === 1 || !('text' in chinese)) return 'windows-1252';
  const odd = [...chinese.text].filter((letter) => letter > '\u007f');
  return odd.every((letter) => /[\p{Script=Han}\u3000-\u303f\uff00-\uffef]/u.test(letter))
    ? 'gbk'
    : 'windows-1252';
}

/** What the encoding is asked for with, where the caller has an option for it. */
export interface TableEncoding {
  /** Label of an encoding as browsers know them (`windows-1252`, `gbk`); default: UTF-8. */
  readonly encoding?: string | undefined;
  /** Whether the user can state the encoding, with the option `encoding`. */
  readonly canState?: boolean;
}

/**
 * The text of a table. UTF-16 with its mark is decoded as such.
 * @throws MedganError when the file cannot be read, is no text table, or holds bytes that are not of its encoding.
 */
export async function readTableText(
  who: string,
  path: string,
  { encoding, canState = false }: TableEncoding = {},
): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new MedganError(`${who}: the table ${path} cannot be read (${messageOf(cause)})`, {
      cure: 'name a CSV file; a relative name is looked up beside the images, then where medgan was started',
      cause,
    });
  }
  const other = OTHER_FILES.find(({ start }) => start.every((byte, i) => bytes[i] === byte));
  if (other) throw new MedganError(`${who}: the table ${path} is ${other.is}`, { cure: other.cure });
  const decoded = decodeStated(who, bytes, encoding);
  if (!('text' in decoded)) {
    const byte = `0x${decoded.byte.toString(16).toUpperCase().padStart(2, '0')}`;
    const guess = guessEncoding(bytes);
    const state = canState ? `, or state its encoding: dataset_options: {encoding: ${guess}}` : '';
    throw new MedganError(
      `${who}: the table ${path} is not ${encoding ?? 'UTF-8'}: line ${decoded.line} holds the byte ${byte}`,
      {
        cure:
          encoding === undefined
            ? `it looks like ${guess}: save it as "CSV UTF-8"${state}`
            : `state the encoding that it has, such as ${guess}, or save it as "CSV UTF-8" and leave encoding out`,
      },
    );
  }
  const { text } = decoded;
  if (isWebPage(text))
    throw new MedganError(`${who}: the table ${path} is a web page or XML, not a table`, {
      cure: 'download the file itself, not the page that shows it',
    });
  if (text.includes('\0'))
    throw new MedganError(`${who}: the table ${path} is no text: it holds NUL bytes`, {
      cure: 'save it as "CSV UTF-8"; UTF-16 is read where the file begins with its byte order mark',
    });
  return text;
}

function decodeStated(who: string, bytes: Uint8Array, encoding: string | undefined) {
  try {
    return decodeText(bytes, encoding);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new MedganError(`${who}: no encoding is called ${JSON.stringify(encoding)}`, {
      cure: 'use a name such as utf-8, windows-1252, iso-8859-15, gbk, shift_jis or utf-16le',
      cause,
    });
  }
}
