import type { Int64 } from './types.ts';

/** JSON text in which a bigint is a plain integer, which `JSON.stringify` cannot write. */
export function encodeJson(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return `[${value.map(encodeJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${encodeJson(member)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

// A string, or a number; strings are matched so that digits inside them are left alone.
const token = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const longInteger = /^-?\d{16,}$/;

/**
 * Parses JSON without losing the last digits of 64-bit integers: integers of 16 digits or more become strings, which
 * `int64` reads back exactly.
 * @throws SyntaxError
 */
export function decodeJson(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text) as unknown;
  return JSON.parse(
    text.replace(token, (found) => (longInteger.test(found) ? `"${found}"` : found)),
  ) as unknown;
}

/** An int64 field as servers send it: a number, or a string of digits. Undefined for anything else. */
export function int64(field: unknown): Int64 | undefined {
  if (typeof field === 'number') return Number.isInteger(field) ? field : undefined;
  if (typeof field !== 'string' || !/^-?\d+$/.test(field)) return undefined;
  const number = Number(field);
  return Number.isSafeInteger(number) ? number : BigInt(field);
}

/** A double as servers send it: a number, or `"NaN"`, `"Infinity"`, `"-Infinity"`, or long digits. */
export function double(field: unknown): number | undefined {
  if (typeof field === 'number') return field;
  if (typeof field !== 'string' || field.trim() === '') return undefined;
  const number = Number(field);
  return Number.isNaN(number) && field !== 'NaN' ? undefined : number;
}
