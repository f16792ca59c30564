import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, identityHash } from './trial-identity.ts';

/** The same value with the keys of every object in another order. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, shuffled(item)]),
  );
}

const json = fc.jsonValue({ maxDepth: 4 });

describe('canonicalJson', () => {
  it('does not depend on the order of keys, and loses nothing', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(shuffled(value))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('keeps the order of lists and distinguishes infinities from null', () => {
    expect(canonicalJson({ b: [2, 1], a: { d: NaN, c: -Infinity, e: undefined } })).toBe(
      '{"a":{"c":"-Infinity","d":"NaN"},"b":[2,1]}',
    );
  });
});

describe('identityHash', () => {
  it('is the sha256 of the canonical JSON', () => {
    // printf '{"config":{"a":1,"b":2},"data":"f"}' | sha256sum
    expect(identityHash({ config: { b: 2, a: 1 }, data: 'f' })).toBe(
      'd59d4dc1b43e2e228d7e6d1817f1a92a8fee6ffa91267f7bdcf31919c6c4e825',
    );
  });

  it('changes with the config and with the data', () => {
    const hashes = [
      { config: { a: 1 }, data: 'f' },
      { config: { a: 2 }, data: 'f' },
      { config: { a: 1 }, data: 'g' },
    ].map(identityHash);
    expect(new Set(hashes).size).toBe(3);
  });
});
