import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toFloat32 } from './to-float32.ts';

/** A float16 by the definition of IEEE 754, in double arithmetic. */
function halfByDefinition(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

describe('toFloat32', () => {
  it('is exact for all 65,536 float16', () => {
    const data = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
    const { data: wide, dtype, shape } = toFloat32({ dtype: 'F16', shape: [256, 256], data });
    expect([dtype, shape]).toEqual(['F32', [256, 256]]);
    const wrong = [...wide].findIndex((value, bits) => !Object.is(value, halfByDefinition(bits)));
    expect(wrong).toBe(-1);
  });

  it('keeps the upper half of a float32 as bfloat16 has it', () => {
    fc.assert(
      fc.property(fc.float(), (value) => {
        const bits = new Uint32Array(Float32Array.of(value).buffer)[0]!;
        const { data } = toFloat32({ dtype: 'BF16', shape: [], data: Uint16Array.of(bits >>> 16) });
        expect(new Uint32Array(data.buffer)[0]).toBe((bits & 0xffff0000) >>> 0);
      }),
    );
  });

  it('rounds float64, gives float32 itself, refuses integers', () => {
    expect(toFloat32({ dtype: 'F64', shape: [1], data: Float64Array.of(0.1) }).data[0]).toBe(
      Math.fround(0.1),
    );
    const tensor = { dtype: 'F32', shape: [1], data: Float32Array.of(1) } as const;
    expect(toFloat32(tensor)).toBe(tensor);
    expect(() => toFloat32({ dtype: 'I64', shape: [], data: BigInt64Array.of(1n) })).toThrow('I64');
  });
});
