import type { Machine } from './machine.ts';
import { byCharacter } from './operations.ts';
import type { Operations } from './operations.ts';

/** Longer integers are no sizes and no settings, and reading them takes quadratic time. */
const MAX_INTEGER_BYTES = 1024;

/** None, booleans, numbers, strings and bytes, of all protocols. */
export const scalars: Operations = {
  ...byCharacter({
    N: (m) => m.push(null),
    K: (m) => m.push(m.u8()),
    M: (m) => m.push(m.u16()),
    J: (m) => m.push(m.i32()),
    G: (m) => m.push(m.f64()),
    I: (m) => m.push(shortInteger(m, m.line())),
    L: (m) => m.push(integer(m, m.line().replace(/L$/, ''))),
    F: (m) => m.push(float(m, m.line())),
    X: (m) => m.push(m.text(m.u32())),
    T: (m) => m.push(m.text(m.u32())),
    U: (m) => m.push(m.text(m.u8())),
    V: (m) => m.push(rawUnicode(m.line())),
    S: (m) => m.push(quoted(m, m.line())),
    B: (m) => m.push(bytes(m, m.u32())),
    C: (m) => m.push(bytes(m, m.u8())),
  }),
  0x88: (m) => m.push(true),
  0x89: (m) => m.push(false),
  0x8a: (m) => m.push(littleEndian(m, m.u8())),
  0x8b: (m) => m.push(littleEndian(m, m.u32())),
  0x8c: (m) => m.push(m.text(m.u8())),
  0x8d: (m) => m.push(m.text(m.u64())),
  0x8e: (m) => m.push(bytes(m, m.u64())),
  0x96: (m) => m.push(bytes(m, m.u64())),
};

function bytes(machine: Machine, length: number): Uint8Array {
  return new Uint8Array(machine.take(length));
}

/** Protocol 1 writes booleans as 00 and 01. */
function shortInteger(machine: Machine, text: string): number | bigint | boolean {
  if (text === '00' || text === '01') return text === '01';
  return integer(machine, text);
}

function integer(machine: Machine, text: string): number | bigint {
  if (text.length > MAX_INTEGER_BYTES || !/^[+-]?\d+$/.test(text)) throw machine.damaged('no integer');
  return narrow(text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text));
}

function float(machine: Machine, text: string): number {
  const value = Number(text);
  if (text === '' || Number.isNaN(value)) throw machine.damaged('no number');
  return value;
}

/** A two's complement of any length. */
function littleEndian(machine: Machine, length: number): number | bigint {
  if (length > MAX_INTEGER_BYTES) throw machine.damaged(`an integer of ${length} bytes`);
  const digits = machine.take(length);
  if (length === 0) return 0;
  const hex = Buffer.from(digits).reverse().toString('hex');
  return narrow(BigInt.asIntN(length * 8, BigInt(`0x${hex}`)));
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function rawUnicode(text: string): string {
  return text.replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (whole, short?: string, long?: string) => {
    const code = parseInt(short ?? long ?? '', 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function quoted(machine: Machine, text: string): string {
  const inside = /^'([^'\\]*)'$|^"([^"\\]*)"$/.exec(text);
  if (!inside) throw machine.damaged('a string with escapes, as only protocol 0 writes them');
  return inside[1] ?? inside[2]!;
}
