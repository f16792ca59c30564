import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeJson } from './int64-json.ts';
import { limits } from './limits.ts';
import { splitBatch } from './split-batch.ts';

const pair = fc.record({
  key: fc.string({ minLength: 1, maxLength: 20 }),
  value: fc.string({ unit: 'binary', maxLength: 60 }),
});
const metric = fc.record({
  key: fc.constantFrom('a', 'b'),
  value: fc.double(),
  timestamp: fc.nat(),
  step: fc.bigInt({ min: -9n, max: 9n }),
});

function asciiJson(value: unknown): string {
  return encodeJson(value).replace(
    /[^\0-\x7f]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

test('every part is within every limit, and together they are the batch, in order', () => {
  const many = <T>(one: fc.Arbitrary<T>, times: number) =>
    fc
      .tuple(fc.array(one, { minLength: 1, maxLength: 3 }), fc.nat(times))
      .map(([items, n]) => Array.from({ length: n }, (_, i) => items[i % items.length]!));
  fc.assert(
    fc.property(many(metric, 2500), many(pair, 250), many(pair, 250), (metrics, params, tags) => {
      const parts = splitBatch({ metrics, params, tags });
      expect(parts.flatMap((part) => part.metrics)).toEqual(metrics);
      expect(parts.flatMap((part) => part.params)).toEqual(params);
      expect(parts.flatMap((part) => part.tags)).toEqual(tags);
      for (const part of parts) {
        const count = part.metrics.length + part.params.length + part.tags.length;
        expect(count).toBeGreaterThan(0);
        expect(count).toBeLessThanOrEqual(limits.itemsPerBatch);
        expect(part.params.length).toBeLessThanOrEqual(limits.paramsPerBatch);
        expect(part.tags.length).toBeLessThanOrEqual(limits.tagsPerBatch);
      }
    }),
    { numRuns: 20 },
  );
});

test('parts stay below 1 MB, also where letters are counted as escapes', () => {
  const params = Array.from({ length: 90 }, (_, i) => ({ key: `p${i}`, value: '心'.repeat(6000) }));
  const parts = splitBatch({ metrics: [], params, tags: [] });
  expect(parts.flatMap((part) => part.params)).toEqual(params);
  const sizes = parts.map((part) => asciiJson({ run_id: 'x'.repeat(256), ...part }).length);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(limits.bytesPerBatch);
  expect(parts).toHaveLength(4);
});

test('an empty batch is no request', () => {
  expect(splitBatch({ metrics: [], params: [], tags: [] })).toEqual([]);
});
