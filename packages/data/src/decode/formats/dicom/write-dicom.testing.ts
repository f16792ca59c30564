/** A value of an element: numbers by the VR's width, text, or bytes as they are. */
type Value = number | readonly number[] | string | Uint8Array;

/** Elements by tag, `0028,0010`, in ascending order of tags. */
export type Elements = Readonly<Record<string, readonly [vr: string, value: Value]>>;

export interface WriteOptions {
  readonly syntax?: string;
  readonly implicit?: boolean;
  readonly bigEndian?: boolean;
  /** Write pixel data as fragments, as compressed syntaxes have it. */
  readonly fragments?: readonly Uint8Array[];
}

const EXPLICIT = '1.2.840.10008.1.2.1';
const IMPLICIT = '1.2.840.10008.1.2';
const BIG_ENDIAN = '1.2.840.10008.1.2.2';

const LONG_FORM = ['OB', 'OW', 'SQ', 'UN', 'UT'];

function numbers(vr: string, values: readonly number[], bigEndian: boolean): Buffer {
  const width = vr === 'US' || vr === 'SS' || vr === 'OW' ? 2 : 4;
  const out = Buffer.alloc(values.length * width);
  values.forEach((value, i) => {
    const bits = value < 0 ? value + 2 ** (8 * width) : value;
    if (bigEndian) out.writeUIntBE(bits, i * width, width);
    else out.writeUIntLE(bits, i * width, width);
  });
  return out;
}

function encode(vr: string, value: Value, bigEndian: boolean): Buffer {
  const bytes =
    typeof value === 'string'
      ? Buffer.from(value, 'latin1')
      : value instanceof Uint8Array
        ? Buffer.from(value)
        : numbers(vr, typeof value === 'number' ? [value] : value, bigEndian);
  if (bytes.length % 2 === 0) return bytes;
  return Buffer.concat([bytes, Buffer.from(vr === 'UI' || vr === 'OB' ? '\0' : ' ')]);
}

function element(
  tag: string,
  [vr, value]: readonly [string, Value],
  { implicit = false, bigEndian = false }: WriteOptions,
): Buffer {
  const [group, member] = tag.split(',').map((part) => parseInt(part, 16)) as [number, number];
  const body = encode(vr, value, bigEndian);
  const u16 = (n: number): Buffer => numbers('US', [n], bigEndian);
  const u32 = (n: number): Buffer => numbers('UL', [n], bigEndian);
  const length = implicit
    ? [u32(body.length)]
    : LONG_FORM.includes(vr)
      ? [Buffer.from(`${vr}\0\0`), u32(body.length)]
      : [Buffer.from(vr), u16(body.length)];
  return Buffer.concat([u16(group), u16(member), ...length, body]);
}

function encapsulate(fragments: readonly Uint8Array[]): Buffer {
  const item = (body: Uint8Array): Buffer => {
    const even = body.length % 2 === 0 ? Buffer.from(body) : Buffer.concat([body, Buffer.alloc(1)]);
    return Buffer.concat([numbers('US', [0xfffe, 0xe000], false), numbers('UL', [even.length], false), even]);
  };
  return Buffer.concat([
    numbers('US', [0x7fe0, 0x0010], false),
    Buffer.from('OB\0\0'),
    numbers('UL', [0xffffffff], false),
    item(new Uint8Array(0)),
    ...fragments.map(item),
    numbers('US', [0xfffe, 0xe0dd, 0, 0], false),
  ]);
}

/** A DICOM file (PS3.10): preamble, magic, file meta, the elements. */
export function writeDicom(elements: Elements, options: WriteOptions = {}): Buffer {
  const { fragments, implicit = false, bigEndian = false } = options;
  const syntax = options.syntax ?? (implicit ? IMPLICIT : bigEndian ? BIG_ENDIAN : EXPLICIT);
  const meta = element('0002,0010', ['UI', syntax], {});
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    element('0002,0000', ['UL', meta.length], {}),
    meta,
    ...Object.entries(elements).map(([tag, entry]) => element(tag, entry, options)),
    ...(fragments ? [encapsulate(fragments)] : []),
  ]);
}

/** The elements of a grey image, 16 bits unsigned unless `changes` say otherwise, without its pixels. */
export function greyElements(rows: number, columns: number, changes: Elements = {}): Elements {
  const all: Elements = {
    '0028,0002': ['US', 1],
    '0028,0004': ['CS', 'MONOCHROME2'],
    '0028,0010': ['US', rows],
    '0028,0011': ['US', columns],
    '0028,0100': ['US', 16],
    '0028,0101': ['US', 16],
    '0028,0102': ['US', 15],
    '0028,0103': ['US', 0],
    ...changes,
  };
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The elements of a colour image of 8 bits, without its pixels. */
export const colourElements = (rows: number, columns: number, changes: Elements = {}): Elements =>
  greyElements(rows, columns, {
    '0028,0002': ['US', 3],
    '0028,0004': ['CS', 'RGB'],
    '0028,0006': ['US', 0],
    '0028,0100': ['US', 8],
    '0028,0101': ['US', 8],
    '0028,0102': ['US', 7],
    ...changes,
  });
