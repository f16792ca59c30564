import { expect, it } from 'vitest';
import { placeOf } from './place-of.ts';

it('gives function, file and line, as seen from a folder', () => {
  expect(placeOf('judge (file:///home/me/gan/step.ts:44:12)', '/home/me')).toBe('judge, gan/step.ts:44');
  expect(placeOf('/home/me/gan.mjs:3:1', '/home/me')).toBe('gan.mjs:3');
  expect(placeOf('<anonymous> (/home/me/gan.mjs:3:1)', '/home/me')).toBe('gan.mjs:3');
});

it('begins at the package where the file lies outside of the folder', () => {
  expect(placeOf('f (file:///opt/node_modules/@medgan/models/dist/dcgan.js:9:2)', '/home')).toBe(
    'f, @medgan/models/dist/dcgan.js:9',
  );
  expect(placeOf('f (file:///opt/medgan/packages/models/src/dcgan.ts:9:2)', '/home')).toBe(
    'f, packages/models/src/dcgan.ts:9',
  );
  expect(placeOf('f (file:///opt/gan.ts?x=1:9:2)', '/home')).toBe('f, /opt/gan.ts:9');
});

it('keeps what is no frame', () => {
  expect(placeOf('the step', '/home')).toBe('the step');
});
