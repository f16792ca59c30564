import type { Classifier } from '@medgan/plugin-api';
import { classifierContract } from '@medgan/testing';
import { expect, it } from 'vitest';
import * as exported from './index.ts';

const classifiers = Object.values<unknown>(exported).filter(
  (value): value is Classifier => typeof value === 'object' && value !== null && 'kind' in value,
);

for (const classifier of classifiers) classifierContract(classifier);

it('the built-in classifiers are these, at least', () => {
  expect(classifiers.map(({ name }) => name)).toEqual(expect.arrayContaining(['efficientnet']));
});
