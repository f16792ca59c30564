import { defined } from '@medgan/files';
import type { Dataset } from '@medgan/plugin-api';
import { datasetContract } from '@medgan/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { makeIsicFolder } from '../test/isic-folder.ts';
import { makeTableFolder } from '../test/table-folder.ts';
import * as exported from './index.ts';

const datasets = Object.values(exported).filter(
  (value): value is Dataset => typeof value === 'object' && 'kind' in value && value.kind === 'dataset',
);

const [table, isic] = [await makeTableFolder(), await makeIsicFolder()];
afterAll(() => Promise.all([table.remove(), isic.remove()]));

/** Folders for those that cannot open any folder of images. */
const paths: Readonly<Record<string, string>> = { 'image-table': table.dir, isic: isic.dir };

for (const dataset of datasets) {
  const path = paths[dataset.name];
  datasetContract(dataset, defined({ path }));
}

describe('the built-in datasets', () => {
  it('are these, at least', () => {
    expect(datasets.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['image-folder', 'image-table', 'isic', 'synthetic-lesions']),
    );
  });
});
