import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sharedData } from '../../../tools/vitest/shared-data.ts';
import { WeightsError } from './errors.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';
import { dtypes, itemSize, tensorFromBytes } from './tensor-data.ts';
import type { TensorData } from './tensor-data.ts';

const golden = sharedData('golden/training');

const shape = fc.array(fc.nat({ max: 4 }), { maxLength: 4 });
const tensor: fc.Arbitrary<TensorData> = fc
  .tuple(fc.constantFrom(...dtypes), shape)
  .chain(([dtype, lengths]) => {
    const size = lengths.reduce((a, b) => a * b, 1) * itemSize(dtype);
    return fc
      .uint8Array({ minLength: size, maxLength: size })
      .map((bytes) => tensorFromBytes({ dtype, shape: lengths }, bytes.slice()));
  });
const name = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => text !== '__metadata__');
const tensors = fc.uniqueArray(fc.tuple(name, tensor), { selector: ([key]) => key, maxLength: 8 });
const metadata = fc.dictionary(fc.string(), fc.string(), { maxKeys: 4 });

/** dtype, shape and raw bytes: NaN payloads must survive too. */
function bits(content: ReadonlyMap<string, TensorData>): Map<string, unknown> {
  return new Map(
    [...content].map(([key, { dtype, shape: lengths, data }]) => [
      key,
      {
        dtype,
        shape: lengths,
        bytes: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex'),
      },
    ]),
  );
}

/** A file made by hand: the header as given, then the data. */
function file(header: unknown, dataLength = 0): Uint8Array {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.alloc(dataLength)]);
}

function messageOf(bytes: Uint8Array): string {
  try {
    decodeSafetensors(bytes, 'w.safetensors');
  } catch (error) {
    expect(error).toBeInstanceOf(WeightsError);
    return (error as Error).message.split('\n')[0]!;
  }
  return 'accepted';
}

describe('round trip', () => {
  it('gives back every name, dtype, shape and bit', () => {
    fc.assert(
      fc.property(tensors, metadata, (items, notes) => {
        const map = new Map(items);
        const read = decodeSafetensors(encodeSafetensors(map, notes));
        expect(bits(new Map([...read.tensors].sort()))).toEqual(bits(new Map([...map].sort())));
        expect(Object.entries(read.metadata).sort()).toEqual(Object.entries(notes).sort());
      }),
    );
  });

  it('gives the same bytes in whatever order tensors and metadata come', () => {
    fc.assert(
      fc.property(tensors, metadata, (items, notes) => {
        const turned = Object.fromEntries(Object.entries(notes).reverse());
        const bytes = encodeSafetensors(new Map(items), notes);
        expect(Buffer.compare(encodeSafetensors(new Map([...items].reverse()), turned), bytes)).toBe(0);
      }),
    );
  });

  it('reads through a view at any offset', () => {
    const bytes = encodeSafetensors({ a: { dtype: 'F64', shape: [2], data: Float64Array.of(1.5, -2) } });
    for (let shift = 0; shift < 9; shift++) {
      const room = new Uint8Array(bytes.length + 9);
      room.set(bytes, shift);
      const read = decodeSafetensors(room.subarray(shift, shift + bytes.length));
      expect(read.tensors.get('a')!.data).toEqual(Float64Array.of(1.5, -2));
      expect(read.tensors.get('a')!.data.buffer === room.buffer).toBe(shift % 8 === 0);
    }
  });
});

describe('layout', () => {
  it('is the reference implementation’s: wide dtypes first, then names, header padded to 8', () => {
    const bytes = encodeSafetensors(
      {
        b: { dtype: 'F32', shape: [1], data: Float32Array.of(1) },
        mask: { dtype: 'BOOL', shape: [2], data: Uint8Array.of(1, 0) },
        steps: { dtype: 'I64', shape: [], data: BigInt64Array.of(3n) },
        a: { dtype: 'F32', shape: [1, 1], data: Float32Array.of(2) },
      },
      { step: '3' },
    );
    const headerLength = Number(Buffer.from(bytes).readBigUInt64LE(0));
    expect(headerLength % 8).toBe(0);
    expect(
      Buffer.from(bytes.subarray(8, 8 + headerLength))
        .toString()
        .trimEnd(),
    ).toMatchInlineSnapshot(
      `"{"__metadata__":{"step":"3"},"steps":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[1,1],"data_offsets":[8,12]},"b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]},"mask":{"dtype":"BOOL","shape":[2],"data_offsets":[16,18]}}"`,
    );
    expect(bytes.length).toBe(8 + headerLength + 8 + 4 + 4 + 2);
  });

  it('writes an empty file', () => {
    expect(decodeSafetensors(encodeSafetensors({})).tensors.size).toBe(0);
  });

  it.skipIf(golden === undefined)('equals the golden files when they are written again', () => {
    let files = 0;
    for (const folder of readdirSync(golden!)) {
      for (const leaf of readdirSync(join(golden!, folder)).filter((entry) =>
        entry.endsWith('.safetensors'),
      )) {
        const read = decodeSafetensors(readFileSync(join(golden!, folder, leaf)));
        expect(read.tensors.size).toBeGreaterThan(0);
        expect(bits(decodeSafetensors(encodeSafetensors(read.tensors)).tensors).size).toBe(read.tensors.size);
        for (const [key, value] of bits(decodeSafetensors(encodeSafetensors(read.tensors)).tensors)) {
          expect(value).toEqual(bits(read.tensors).get(key));
        }
        files++;
      }
    }
    expect(files).toBeGreaterThanOrEqual(24);
  });
});

describe('what is refused', () => {
  const f32 = (shape_: unknown, offsets: unknown) => ({ dtype: 'F32', shape: shape_, data_offsets: offsets });
  it.each([
    ['nothing', new Uint8Array(0)],
    ['a length without a header', file('')],
    ['a header above 100 MB', Buffer.from([0, 0, 0, 0, 0, 0, 0, 0x7f, 0x7b, 0x7d])],
    [
      'a header longer than the file',
      Buffer.concat([Buffer.from([99, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{}')]),
    ],
    ['no UTF-8', Buffer.concat([Buffer.from([3, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff, 0x7d])])],
    ['no object', file('[]')],
    ['half an object', file('{"a":{')],
    ['a half string', file('{"a')],
    ['deep nesting', file(`{"a":${'['.repeat(1e5)}${']'.repeat(1e5)}}`)],
    [
      'a key twice',
      file(`{"a":${JSON.stringify(f32([], [0, 4]))},"a":${JSON.stringify(f32([], [4, 8]))}}`, 8),
    ],
    [
      'a key twice, escaped',
      file(`{"a":${JSON.stringify(f32([], [0, 4]))},"\\u0061":${JSON.stringify(f32([], [4, 8]))}}`, 8),
    ],
    ['a field twice', file('{"a":{"dtype":"F32","dtype":"I8","shape":[],"data_offsets":[0,4]}}', 4)],
    ['a negative length', file({ a: f32([-1], [0, 4]) }, 4)],
    ['a fraction', file('{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}', 4)],
    ['an unknown dtype', file({ a: { dtype: 'F8_E4M3', shape: [1], data_offsets: [0, 1] } }, 1)],
    ['a dtype of the prototype', file({ a: { dtype: 'constructor', shape: [1], data_offsets: [0, 1] } }, 1)],
    ['no shape', file({ a: { dtype: 'F32', data_offsets: [0, 4] } }, 4)],
    ['no offsets', file({ a: { dtype: 'F32', shape: [] } }, 4)],
    ['a size that is not the shape’s', file({ a: f32([2], [0, 4]) }, 4)],
    ['a product that overflows', file({ a: f32([2 ** 52, 2 ** 52], [0, 4]) }, 4)],
    [
      'a number beyond 2^53',
      file('{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}', 4),
    ],
    ['offsets that run backwards', file({ a: f32([], [4, 0]) }, 4)],
    ['an overlap', file({ a: f32([], [0, 4]), b: f32([], [2, 6]) }, 6)],
    ['a gap', file({ a: f32([], [0, 4]), b: f32([], [8, 12]) }, 12)],
    ['data past the end', file({ a: f32([2], [0, 8]) }, 4)],
    ['data left over', file({ a: f32([], [0, 4]) }, 5)],
    ['metadata that is no text', file('{"__metadata__":{"a":1}}')],
    ['metadata that is no object', file('{"__metadata__":"a"}')],
  ])('%s', (_, bytes) => {
    expect(messageOf(bytes)).toMatch(/^w\.safetensors: /);
    expect(messageOf(bytes)).toMatchSnapshot();
  });

  it('every file that is cut short', () => {
    const whole = encodeSafetensors(
      { a: { dtype: 'F32', shape: [3], data: Float32Array.of(1, 2, 3) } },
      { k: 'v' },
    );
    for (let length = 0; length < whole.length; length++)
      expect(messageOf(whole.subarray(0, length))).not.toBe('accepted');
  });

  it('flipped bytes never cause anything but a WeightsError', () => {
    const whole = encodeSafetensors(
      { a: { dtype: 'F32', shape: [3], data: Float32Array.of(1, 2, 3) } },
      { k: 'v' },
    );
    fc.assert(
      fc.property(fc.nat({ max: whole.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const flipped = whole.slice();
        flipped[at]! ^= mask;
        messageOf(flipped);
      }),
      { numRuns: 2000 },
    );
  });

  it('tensors that contradict themselves, when writing', () => {
    const data = Float32Array.of(1);
    const wrong = (value: unknown) => () => encodeSafetensors({ a: value as TensorData });
    expect(wrong({ dtype: 'F32', shape: [2], data })).toThrow(
      'shape [2] does not fit an array of 1 elements',
    );
    expect(wrong({ dtype: 'I32', shape: [1], data })).toThrow('I32 data is held in Float32Array');
    expect(wrong({ dtype: 'F8', shape: [1], data })).toThrow('unknown dtype F8');
    expect(() => encodeSafetensors({ __metadata__: { dtype: 'F32', shape: [1], data } })).toThrow(
      '"__metadata__"',
    );
    expect(() => encodeSafetensors({ 'a\ud800': { dtype: 'F32', shape: [1], data } })).toThrow(
      'not valid Unicode',
    );
    expect(() => encodeSafetensors({}, { a: 1 } as never)).toThrow(
      expect.objectContaining({ cure: expect.stringContaining('metadata is text') }),
    );
  });
});
