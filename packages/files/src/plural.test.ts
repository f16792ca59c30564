import { expect, it } from 'vitest';
import { plural } from './plural.ts';

it('counts with the right noun', () => {
  expect(plural(1, 'image')).toBe('1 image');
  expect(plural(0, 'image')).toBe('0 images');
  expect(plural(2, 'study', 'studies')).toBe('2 studies');
  expect(plural(12_345, 'image')).toBe('12,345 images');
});
