import type { Dataset } from '@medgan/plugin-api';
import { datasetContract } from '@medgan/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { makeTableFolder } from '../test/table-folder.ts';
import * as exported from './index.ts';

const datasets = Object.values(exported).filter(
  (value): value is Dataset => typeof value === 'object' && 'kind' in value && value.kind === 'dataset',
);

const table = await makeTableFolder();
afterAll(() => table.remove());

/** Folders for those that cannot open any folder of images. */
const paths: Readonly<Record<string, string>> = { 'image-table': table.dir };

for (const dataset of datasets) {
  const path = paths[dataset.name];
  datasetContract(dataset, path === undefined ? {} : { path });
}

describe('the built-in datasets', () => {
  it('are these', () => {
    expect(datasets.map(({ name }) => name).sort()).toEqual([
      'image-folder',
      'image-table',
      'synthetic-lesions',
    ]);
  });
});
