import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtobufWriter } from './protobuf.ts';

/** A field as the wire carries it: varint, 32 bits, or bytes. */
type Field =
  | { readonly number: number; readonly wire: 0; readonly value: bigint }
  | { readonly number: number; readonly wire: 2; readonly value: Uint8Array }
  | { readonly number: number; readonly wire: 5; readonly value: number };

/** Reads one message by the encoding's own rules (protobuf.dev/programming-guides/encoding). */
function decode(bytes: Uint8Array): Field[] {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const fields: Field[] = [];
  while (at < bytes.length) {
    const tag = Number(varint());
    const [number, wire] = [Math.floor(tag / 8), tag % 8];
    if (wire === 0) fields.push({ number, wire, value: varint() });
    else if (wire === 5) {
      const value = new DataView(bytes.buffer, bytes.byteOffset + at).getFloat32(0, true);
      fields.push({ number, wire, value });
      at += 4;
    } else if (wire === 2) {
      const length = Number(varint());
      fields.push({ number, wire, value: bytes.slice(at, at + length) });
      at += length;
    } else throw new Error(`wire type ${wire}`);
  }
  if (at !== bytes.length) throw new Error('the last field runs past the end');
  return fields;
}

type Entry =
  | readonly ['integer', number, number]
  | readonly ['float', number, number]
  | readonly ['bytes', number, Uint8Array]
  | readonly ['string', number, string]
  | readonly ['message', number, readonly Entry[]];

function write(writer: ProtobufWriter, entries: readonly Entry[]): ProtobufWriter {
  for (const entry of entries) {
    if (entry[0] === 'integer') writer.integer(entry[1], entry[2]);
    else if (entry[0] === 'float') writer.float(entry[1], entry[2]);
    else if (entry[0] === 'bytes') writer.bytes(entry[1], entry[2]);
    else if (entry[0] === 'string') writer.string(entry[1], entry[2]);
    else writer.message(entry[1], (inner) => write(inner, entry[2]));
  }
  return writer;
}

function check(bytes: Uint8Array, entries: readonly Entry[]): void {
  const fields = decode(bytes);
  expect(fields.map((field) => field.number)).toEqual(entries.map((entry) => entry[1]));
  for (const [i, entry] of entries.entries()) {
    const { value } = fields[i]!;
    if (entry[0] === 'integer') expect(BigInt.asIntN(64, value as bigint)).toBe(BigInt(entry[2]));
    else if (entry[0] === 'float') expect(value).toBe(entry[2]);
    else if (entry[0] === 'bytes') expect(value).toEqual(entry[2]);
    else if (entry[0] === 'string') expect(new TextDecoder().decode(value as Uint8Array)).toBe(entry[2]);
    else check(value as Uint8Array, entry[2]);
  }
}

const number = fc.integer({ min: 1, max: 2 ** 29 - 1 });

const { entries } = fc.letrec<{ entries: Entry[]; entry: Entry }>((tie) => ({
  entries: fc.array(tie('entry'), { maxLength: 5 }),
  entry: fc.oneof(
    { maxDepth: 3 },
    fc.tuple(fc.constant('integer' as const), number, fc.maxSafeInteger()),
    fc.tuple(fc.constant('float' as const), number, fc.float({ noNaN: true })),
    fc.tuple(fc.constant('bytes' as const), number, fc.uint8Array({ maxLength: 300 })),
    fc.tuple(fc.constant('string' as const), number, fc.string({ unit: 'grapheme' })),
    fc.tuple(fc.constant('message' as const), number, tie('entries')),
  ),
}));

describe('ProtobufWriter', () => {
  it('writes what a decoder reads back', () => {
    fc.assert(
      fc.property(entries, (list) => {
        const writer = write(new ProtobufWriter(), list);
        const bytes = writer.finish();
        expect(bytes.length).toBe(writer.length);
        check(bytes, list);
      }),
      { seed: 5 },
    );
  });

  it('writes varints as the specification says', () => {
    const integer = (value: number): number[] => [...new ProtobufWriter().integer(1, value).finish()];
    expect(integer(0)).toEqual([0x08, 0]);
    expect(integer(1)).toEqual([0x08, 1]);
    expect(integer(127)).toEqual([0x08, 0x7f]);
    expect(integer(128)).toEqual([0x08, 0x80, 0x01]);
    expect(integer(150)).toEqual([0x08, 0x96, 0x01]);
    expect(integer(-1)).toEqual([0x08, ...Array<number>(9).fill(0xff), 0x01]);
    expect(integer(-2)).toEqual([0x08, 0xfe, ...Array<number>(8).fill(0xff), 0x01]);
    expect(integer(2 ** 53)).toEqual([0x08, ...Array<number>(7).fill(0x80), 0x10]);
  });

  it('refuses numbers that are not integers', () => {
    expect(() => new ProtobufWriter().integer(1, 0.5)).toThrow(RangeError);
    expect(() => new ProtobufWriter().integer(1, Infinity)).toThrow(RangeError);
  });
});
