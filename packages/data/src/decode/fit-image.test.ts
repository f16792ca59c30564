import { expect, it } from 'vitest';
import { fitImage } from './fit-image.ts';
import type { ByteImage } from '../byte-image.ts';

const grey: ByteImage = { width: 3, height: 2, channels: 1, data: Uint8Array.of(10, 20, 30, 40, 50, 60) };
const red: ByteImage = { width: 1, height: 1, channels: 3, data: Uint8Array.of(255, 0, 0) };

const fitted = (image: ByteImage, size: number, channels: 1 | 3): number[] => {
  const out = new Uint8Array(size * size * channels);
  fitImage(image, { size, channels }, out);
  return [...out];
};

it('crops the centre, and spreads grey over three channels', () => {
  expect(fitted(grey, 2, 1)).toEqual([10, 20, 40, 50]);
  expect(fitted(grey, 2, 3)).toEqual([10, 10, 10, 20, 20, 20, 40, 40, 40, 50, 50, 50]);
});

it('leaves colours as they are, and turns them into luma', () => {
  expect(fitted(red, 1, 3)).toEqual([255, 0, 0]);
  expect(fitted(red, 1, 1)).toEqual([76]);
});
