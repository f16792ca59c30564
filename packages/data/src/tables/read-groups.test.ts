import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defined } from '@medgan/files';
import { TemporaryFolder } from '../../test/temporary-folder.ts';

let folder: TemporaryFolder;
let warnings: string[];
beforeEach(async () => {
  folder = await TemporaryFolder.make();
  warnings = [];
  for (let i = 0; i < 6; i++) await folder.put(`mel/a_${i}.png`, 20 * i);
});
afterEach(() => folder.remove());

const split = { part: 'train', fractions: { train: 0.5, test: 0.5 }, seed: 0 };

async function open(table: string, options: { ungrouped?: 'error' | 'alone'; split?: boolean } = {}) {
  await folder.putText('groups.csv', table);
  const { ungrouped, split: isSplit = true } = options;
  return folder.open(
    {
      ...(isSplit ? { split } : {}),
      onWarning: (message) => warnings.push(message.replaceAll(folder.dir, 'DIR')),
    },
    { groups: 'groups.csv', ...defined({ ungrouped }) },
  );
}

const FEW = 'file,group\na_0.png,G1\na_1.png,G1\nA_2.png,G2\nother_9.png,G3\n';

describe('groups that most images lack', () => {
  it('are refused for a split, with the counts', async () => {
    expect(await folder.refusal(open(FEW))).toMatchInlineSnapshot(`
      "dataset image-folder: DIR/groups.csv: 2 of 4 rows name no image (A_2.png, other_9.png), 4 of 6 images have no group: a split by these groups would not keep images of one lesion or patient together
        cure: give every image its row and its group; where images without a group are each a lesion of their own, set ungrouped: alone among the dataset_options of a control file"
    `);
  });

  it('are taken where images without one stand alone, with the counts', async () => {
    await open(FEW, { ungrouped: 'alone' });
    expect(warnings).toEqual([
      'dataset image-folder: DIR/groups.csv: 2 of 4 rows name no image (A_2.png, other_9.png), 4 of 6 images have no group',
    ]);
  });

  it('do not stop a run without a split', async () => {
    expect((await open(FEW, { split: false })).count).toBe(6);
    expect(warnings).toHaveLength(1);
  });

  it('are refused too where the rows match and name no group', async () => {
    const rows = Array.from({ length: 6 }, (_, i) => `a_${i}.png,${i < 2 ? 'G' : ''}\n`).join('');
    expect(await folder.refusal(open(`file,group\n${rows}`))).toContain(
      '4 of 6 rows name an image and no group, 4 of 6 images have no group',
    );
  });
});

it('says whether the files or the groups are missing, where no image gets one', async () => {
  expect(await folder.refusal(open('file,group\nx.png,G\n'))).toContain(
    'gives no image a group: 1 of 1 rows name no image (x.png), 6 of 6 images have no group\n  cure: write the file names',
  );
  expect(await folder.refusal(open('file,group\na_0.png,\n'))).toContain('cure: fill in the groups');
});

it('warns of nothing where every image has its group', async () => {
  const rows = Array.from({ length: 6 }, (_, i) => `a_${i}.png,G${i >> 1}\n`).join('');
  await open(`file,group\n${rows}`);
  expect(warnings).toEqual([]);
});
