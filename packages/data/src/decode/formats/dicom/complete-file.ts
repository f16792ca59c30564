import { ascii } from '../format.ts';

/** Bytes before the magic of a DICOM file, which may hold anything. */
const PREAMBLE = 128;
const MAGIC = 'DICM';

/** Whether the bytes are a DICOM file as the standard has it (PS3.10): a preamble, then the magic. */
export const hasPreamble = (bytes: Uint8Array): boolean => ascii(bytes, PREAMBLE, PREAMBLE + 4) === MAGIC;

/** Value representations that are seen in the first elements of a file. */
const FIRST_VRS = ['UL', 'UI', 'CS', 'OB', 'SH', 'DA', 'TM', 'LO', 'UN', 'IS', 'DT', 'PN', 'AE', 'ST'];

/** How a data set without its preamble begins: whether it has file meta, and how its elements are written. */
interface BareStart {
  readonly hasMeta: boolean;
  readonly syntax: string;
}

const EXPLICIT = '1.2.840.10008.1.2.1';
const IMPLICIT = '1.2.840.10008.1.2';
const BIG_ENDIAN = '1.2.840.10008.1.2.2';

/** Elements that a data set begins with: those of the file meta, or of identification. */
function beginsDataSet(group: number, element: number): boolean {
  return (group === 0x0002 && element <= 0x0016) || group === 0x0008;
}

/** VRs whose length takes four bytes, after two that are reserved. */
const LONG_FORM = ['OB', 'UN'];

/** How the element at the start is written; undefined where no element can be. */
function readStart(
  bytes: Uint8Array,
  little: boolean,
): { group: number; element: number; explicit: boolean; next: number } | undefined {
  if (bytes.length < 16) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [group, element] = [view.getUint16(0, little), view.getUint16(2, little)];
  const vr = ascii(bytes, 4, 6);
  if (!FIRST_VRS.includes(vr)) {
    const length = view.getUint32(4, little);
    return length <= 256 ? { group, element, explicit: false, next: 8 + length } : undefined;
  }
  const next = LONG_FORM.includes(vr) ? 12 + view.getUint32(8, little) : 8 + view.getUint16(6, little);
  return { group, element, explicit: true, next };
}

/** Whether the element at `at` may follow one of `group` and `element`: tags ascend. */
function ascends(
  bytes: Uint8Array,
  { at, little, group, element }: { at: number; little: boolean; group: number; element: number },
): boolean {
  if (at % 2 !== 0 || at + 4 > bytes.length) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [nextGroup, nextElement] = [view.getUint16(at, little), view.getUint16(at + 2, little)];
  return nextGroup === group ? nextElement > element : nextGroup > group && nextGroup <= 0x0040;
}

function syntaxOf({ explicit }: { explicit: boolean }, little: boolean): string | undefined {
  if (explicit) return little ? EXPLICIT : BIG_ENDIAN;
  return little ? IMPLICIT : undefined;
}

/** How a data set that begins here is written; undefined where none does. */
function bareStart(bytes: Uint8Array): BareStart | undefined {
  for (const little of [true, false]) {
    const start = readStart(bytes, little);
    if (!start || !beginsDataSet(start.group, start.element)) continue;
    const syntax = syntaxOf(start, little);
    if (syntax !== undefined && ascends(bytes, { ...start, at: start.next, little }))
      return { hasMeta: start.group === 0x0002, syntax };
  }
  return undefined;
}

/** Whether the bytes begin as a DICOM data set does that lacks the preamble, or the file meta too. */
export const isBareDataSet = (bytes: Uint8Array): boolean => bareStart(bytes) !== undefined;

function uidElement(uid: string): Buffer {
  const value = Buffer.from(uid.length % 2 === 0 ? uid : `${uid}\0`);
  const head = Buffer.from([0x02, 0x00, 0x10, 0x00, 0x55, 0x49, value.length, 0]);
  return Buffer.concat([head, value]);
}

/**
 * The file with a preamble put before a data set that lacks it, and with the transfer syntax by which the data set is
 * written where it has no file meta. Xio, Monaco and old Siemens systems store such files.
 */
export function completeFile(bytes: Uint8Array): Uint8Array {
  if (hasPreamble(bytes)) return bytes;
  const start = bareStart(bytes);
  if (start === undefined) return bytes;
  const meta = start.hasMeta ? Buffer.alloc(0) : uidElement(start.syntax);
  return Buffer.concat([Buffer.alloc(PREAMBLE), Buffer.from(MAGIC), meta, bytes]);
}

/**
 * The file with another transfer syntax, where its data set is written in another byte order than the file says, or
 * with types of elements where it says without, or the reverse. `at`: where the data set begins, after the file meta.
 */
export function withActualSyntax(bytes: Uint8Array, at: number, stated: string): Uint8Array {
  if (![IMPLICIT, EXPLICIT, BIG_ENDIAN].includes(stated)) return bytes;
  const body = bytes.subarray(at);
  for (const little of [true, false]) {
    const start = readStart(body, little);
    if (!start || start.group === 0 || start.group > 0x0028 || start.group % 2 !== 0) continue;
    if (!ascends(body, { ...start, at: start.next, little })) continue;
    const syntax = syntaxOf(start, little);
    if (syntax === undefined || syntax === stated) return bytes;
    return Buffer.concat([Buffer.alloc(PREAMBLE), Buffer.from(MAGIC), uidElement(syntax), body]);
  }
  return bytes;
}
