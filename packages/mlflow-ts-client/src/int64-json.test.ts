import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeJson, double, encodeJson, int64 } from './int64-json.ts';

test('64-bit integers survive the way there and back', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.string(), (n, text) => {
      const back = decodeJson(encodeJson({ n, text, nested: [n] })) as {
        n: unknown;
        text: string;
        nested: unknown[];
      };
      expect(BigInt(int64(back.n)!)).toBe(n);
      expect(BigInt(int64(back.nested[0])!)).toBe(n);
      expect(back.text).toBe(text);
    }),
  );
});

test('doubles and digits inside strings are left alone', () => {
  const text =
    '{"a":0.12345678901234567,"b":1.2345678901234567e+19,"c":"say \\"12345678901234567890\\"","d":1234567890123456789}';
  expect(decodeJson(text)).toEqual({
    a: 0.12345678901234567,
    b: 1.2345678901234567e19,
    c: 'say "12345678901234567890"',
    d: '1234567890123456789',
  });
});

test('fields of both spellings are understood', () => {
  expect([5, '5', '9007199254740993', 'x', null, 1.5].map(int64)).toEqual([
    5,
    5,
    9007199254740993n,
    undefined,
    undefined,
    undefined,
  ]);
  expect([0.5, 'NaN', 'Infinity', '-Infinity', 'x', ''].map(double)).toEqual([
    0.5,
    Number.NaN,
    Infinity,
    -Infinity,
    undefined,
    undefined,
  ]);
});
