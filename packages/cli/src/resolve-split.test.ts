import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ControlFile } from './control-schema.ts';
import { checkControl } from './read-control.ts';
import { builtInPlugins } from './plugins.ts';

const plugins = builtInPlugins();

/** What a control file with these keys asks of its dataset. */
const dataOf = (keys: object) =>
  checkControl({ arch: 'dcgan', path: 'images', ...keys }, { set: [], plugins, source: 'control file x' })
    .run;

const refusal = (keys: Partial<ControlFile> | object): string => {
  try {
    dataOf(keys);
    return 'no error';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('the parts of a control file', () => {
  it('are asked of the dataset', () => {
    expect(dataOf({ split: 'train' }).data.split).toEqual({
      part: 'train',
      fractions: { train: 0.8, val: 0.1, test: 0.1 },
      seed: 0,
    });
    expect(dataOf({ split: 'b', splits: { a: 0.7, b: 0.3 }, split_seed: 4 }).data.split).toEqual({
      part: 'b',
      fractions: { a: 0.7, b: 0.3 },
      seed: 4,
    });
    expect(dataOf({ split: 'train', splits: 'parts.csv' }).data.split).toEqual({
      part: 'train',
      table: resolve('parts.csv'),
    });
  });

  it('leave a run that names none as it was', () => {
    expect(dataOf({})).not.toHaveProperty('data.split');
    expect(dataOf({ split: 'train' }).config).toEqual(dataOf({}).config);
  });

  it.each([
    [{ splits: { a: 0.5, b: 0.5 } }, 'splits: no part is asked for'],
    [{ split_seed: 1 }, 'split_seed: no part is asked for'],
    [{ split: 'trian' }, 'split: no part is called "trian" (did you mean train?)'],
    [{ split: 'a', splits: { a: 0.5, b: 0.4 } }, 'splits: the shares are 0.9 together, not 1'],
    [{ split: 'a', splits: { a: 1.5, b: 0.4 } }, 'splits.a: must be < 1'],
    [{ split: 'a', splits: { a: 0.5 } }, 'splits: must NOT have fewer than 2'],
    [{ split: 'a', splits: 'parts.csv', split_seed: 1 }, 'split_seed: a table of parts is not drawn'],
  ])('%j is refused', (keys, message) => {
    expect(refusal(keys)).toContain(message);
  });
});
