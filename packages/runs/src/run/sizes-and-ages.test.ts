import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAge, formatBytes, parseAge, parseBytes } from './sizes-and-ages.ts';

describe('sizes', () => {
  it.each([
    ['2GB', 2e9],
    ['500 mb', 5e8],
    ['1.5T', 1.5e12],
    ['1048576', 1048576],
    ['0', 0],
    ['7b', 7],
  ])('reads %s', (text, bytes) => expect(parseBytes(text, 'x')).toBe(bytes));

  it.each(['', 'GB', '-1GB', '2 gigs', '2GiB', 'NaN'])('refuses %j', (text) => {
    expect(() => parseBytes(text, '--max-size')).toThrow('--max-size is');
  });

  it('writes them so that they can be read again, to two digits', () => {
    expect([0, 812, 1000, 1_340_000_000, 999_600].map(formatBytes)).toEqual([
      '0 B',
      '812 B',
      '1.0 KB',
      '1.3 GB',
      '1.0 MB',
    ]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 50 }), (bytes) => {
        expect(Math.abs(parseBytes(formatBytes(bytes), 'x') / bytes - 1)).toBeLessThan(0.051);
      }),
    );
  });
});

describe('ages', () => {
  it.each([
    ['30d', 2_592_000_000],
    ['12h', 43_200_000],
    ['1.5 w', 907_200_000],
  ])('reads %s', (text, span) => expect(parseAge(text, 'x')).toBe(span));

  it.each(['', '30', 'd', '3 months', '-1d'])('refuses %j', (text) => {
    expect(() => parseAge(text, '--older-than')).toThrow('--older-than is');
  });

  it('writes them in the largest unit', () => {
    expect([0, 59_999, 60_000, 7_200_000, 86_400_000 * 2.9].map(formatAge)).toEqual([
      'just now',
      'just now',
      '1 minute ago',
      '2 hours ago',
      '2 days ago',
    ]);
  });
});
