import type { Dataset } from '@medgan/plugin-api';
import { datasetContract } from '@medgan/testing';
import { describe, expect, it } from 'vitest';
import * as exported from './index.ts';

const datasets = Object.values(exported).filter(
  (value): value is Dataset => typeof value === 'object' && 'kind' in value,
);

for (const dataset of datasets) datasetContract(dataset);

describe('the built-in datasets', () => {
  it('are these', () => {
    expect(datasets.map(({ name }) => name)).toEqual(['image-folder', 'synthetic-lesions']);
  });
});
