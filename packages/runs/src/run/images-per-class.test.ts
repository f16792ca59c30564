import { expect, it } from 'vitest';
import { countsText, imagesPerClass } from './images-per-class.ts';

const images = { classes: ['melanoma', 'nevus', 'none'], labels: Uint16Array.of(1, 0, 1), count: 3 };

it('counts the images of each class, those without any too', () => {
  expect(imagesPerClass(images)).toEqual([1, 2, 0]);
  expect(countsText(images)).toBe('3 images of melanoma (1), nevus (2), none (0)');
});

it('needs no count for a single class', () => {
  expect(countsText({ classes: ['nevus'], labels: Uint16Array.of(0), count: 1 })).toBe('1 image of nevus');
});
