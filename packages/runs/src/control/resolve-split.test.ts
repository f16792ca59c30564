import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ControlFile } from './control-schema.ts';
import { checkControl } from './read-control.ts';

/** What a control file with these keys asks of its dataset. */
const dataOf = async (keys: object) =>
  (await checkControl({ arch: 'dcgan', path: 'images', ...keys }, { set: [], source: 'control file x' })).run;

const refusal = (keys: Partial<ControlFile> | object): Promise<string> =>
  dataOf(keys).then(
    () => 'no error',
    (error: Error) => error.message,
  );

describe('the parts of a control file', () => {
  it('are asked of the dataset', async () => {
    expect((await dataOf({ split: 'train' })).data.split).toEqual({
      part: 'train',
      fractions: { train: 0.8, val: 0.1, test: 0.1 },
      seed: 0,
    });
    expect((await dataOf({ split: 'b', splits: { a: 0.7, b: 0.3 }, split_seed: 4 })).data.split).toEqual({
      part: 'b',
      fractions: { a: 0.7, b: 0.3 },
      seed: 4,
    });
    expect((await dataOf({ split: 'train', splits: 'parts.csv' })).data.split).toEqual({
      part: 'train',
      table: resolve('parts.csv'),
    });
  });

  it('leave a run that names none as it was', async () => {
    expect(await dataOf({})).not.toHaveProperty('data.split');
    expect((await dataOf({ split: 'train' })).config).toEqual((await dataOf({})).config);
  });

  it.each([
    [{ splits: { a: 0.5, b: 0.5 } }, 'splits: no part is asked for'],
    [{ split_seed: 1 }, 'split_seed: no part is asked for'],
    [{ split: 'trian' }, 'split: no part is called "trian" (did you mean train?)'],
    [{ split: 'a', splits: { a: 0.5, b: 0.4 } }, 'splits: the shares are 0.9 together, not 1'],
    [{ split: 'a', splits: { a: 1.5, b: 0.4 } }, 'splits.a: must be < 1'],
    [{ split: 'a', splits: { a: 0.5 } }, 'splits: must NOT have fewer than 2'],
    [{ split: 'a', splits: 'parts.csv', split_seed: 1 }, 'split_seed: a table of parts is not drawn'],
  ])('%j is refused', async (keys, message) => {
    expect(await refusal(keys)).toContain(message);
  });
});
