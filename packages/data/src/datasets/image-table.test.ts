import { mkdir } from 'node:fs/promises';
import { createRng, type DatasetContext, type PackedImages } from '@medgan/plugin-api';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TemporaryFolder } from '../../test/temporary-folder.ts';
import imageTable, { type ImageTableOptions } from './image-table.ts';

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await TemporaryFolder.make();
});
afterEach(() => folder.remove());

const open = (
  options: ImageTableOptions & { path?: string } = {},
  context: Partial<DatasetContext> = {},
): Promise<PackedImages> =>
  imageTable.open(
    { path: folder.path('images'), ...options },
    {
      format: { size: 4, channels: 3 },
      subsetOrder: 'first',
      rng: createRng(7),
      workers: 2,
      ...context,
    },
  );

/** HAM10000 in small: 12 images in two folders, 6 lesions of two photographs each, three classes. */
async function ham(): Promise<void> {
  const rows = ['lesion_id,image_id,dx,age'];
  for (let i = 0; i < 12; i++) {
    await folder.put(`images/part_${1 + (i % 2)}/ISIC_${i}.jpg`, i * 20);
    rows.push(`HAM_${i >> 1},ISIC_${i},${['mel', 'nv', 'bkl'][(i >> 1) % 3]},${i * 10}`);
  }
  await folder.putText('HAM10000_metadata.csv', rows.join('\n'));
}

describe('a folder of images with a table', () => {
  it('has the classes, groups and images of the table, found beside the folder', async () => {
    await ham();
    const images = await open();
    expect(images).toMatchObject({ count: 12, classes: ['bkl', 'mel', 'nv'] });
    expect(images.names.slice(0, 3)).toEqual([
      'part_1/ISIC_0.jpg',
      'part_1/ISIC_10.jpg',
      'part_1/ISIC_2.jpg',
    ]);
    expect([...images.labels.slice(0, 3)]).toEqual([1, 0, 2]);
    expect(images.groups?.slice(0, 3)).toEqual(['HAM_0', 'HAM_5', 'HAM_1']);
    const pixels = await images.read([0, 1, 2]);
    expect([0, 1, 2].map((i) => Math.round(pixels[i * 48]! / 20))).toEqual([0, 10, 2]);
  });

  it('gives the classes and the rows that are wanted', async () => {
    await ham();
    const two = await open({}, { classes: ['nv', 'mel'] });
    expect(two).toMatchObject({ count: 8, classes: ['mel', 'nv'] });
    expect((await open({ where: 'dx == "mel" && age > 30' })).names).toEqual([
      'part_1/ISIC_6.jpg',
      'part_2/ISIC_7.jpg',
    ]);
    expect(await folder.refusal(open({}, { classes: ['mell'] }))).toContain('did you mean "mel"?');
    expect(await folder.refusal(open({ where: 'age > 300' }))).toContain('is left');
  });

  it('puts no lesion into two parts', async () => {
    await ham();
    const part = (name: string, classes?: readonly string[]): Promise<PackedImages> =>
      open(
        {},
        {
          split: { part: name, fractions: { a: 0.5, b: 0.5 }, seed: 2 },
          ...(classes ? { classes } : {}),
        },
      );
    const [a, b] = [await part('a'), await part('b')];
    expect(a.count + b.count).toBe(12);
    expect(a.groups!.filter((group) => b.groups!.includes(group))).toEqual([]);
    expect((await part('a', ['mel'])).names).toEqual(
      a.names.filter((_, i) => a.classes[a.labels[i]!] === 'mel'),
    );
  });

  it('has another fingerprint where a class is another', async () => {
    await folder.put('images/1.png');
    await folder.put('images/2.png');
    const print = async (text: string): Promise<string> => {
      await folder.putText('images/labels.csv', text);
      return (await open({ table: 'labels.csv' })).fingerprint;
    };
    const first = await print('file,label\n1,a\n2,b\n');
    expect(await print('file,label\n2.png,b\n1.png,a\n')).toBe(first);
    expect(await print('file,label\n1,a\n2,a\n')).not.toBe(first);
  });

  it('says what it passes over', async () => {
    await folder.put('images/1.png');
    await folder.put('images/2.png');
    await folder.putText('images/labels.csv', 'file,label\n1,a\n3,b\n');
    const warnings: string[] = [];
    const images = await open({ missing: 'skip' }, { onWarning: (message) => warnings.push(message) });
    expect(images).toMatchObject({ names: ['1.png'], classes: ['a'] });
    expect(images).not.toHaveProperty('groups');
    expect(warnings).toEqual([
      'dataset image-table: 1 row of labels.csv names an image that is not there',
      'dataset image-table: 1 image has no row in labels.csv',
    ]);
  });

  it('names itself and every file that cannot be read', async () => {
    await folder.put('images/1.png');
    await folder.putText('images/2.png', 'no image');
    await folder.putText('images/labels.csv', 'file,label\n1,a\n2,b\n');
    expect(await folder.refusal(open())).toMatch(/^dataset image-table: 1 of 2 files.*\n  2\.png: /);
    expect((await open({ unreadable: 'skip' })).names).toEqual(['1.png']);
  });

  it('reads more than 8 bits through the window asked for', async () => {
    await mkdir(folder.path('images'));
    const samples = Uint16Array.from({ length: 16 }, () => 1000);
    const deep = { raw: { width: 4, height: 4, channels: 1 } } as const;
    await sharp(samples, deep).toColourspace('grey16').png().toFile(folder.path('images/1.png'));
    await folder.putText('images/labels.csv', 'file,label\n1,a\n');
    const [plain, seen] = [await open(), await open({ window: { center: 1000.5, width: 511 } })];
    expect((await plain.read([0]))[0]).toBe(3);
    expect((await seen.read([0]))[0]).toBe(128);
    expect(seen.fingerprint).not.toBe(plain.fingerprint);
  });

  it('asks for the table where there is none, or more than one', async () => {
    await folder.put('images/1.png');
    expect(await folder.refusal(open())).toMatchInlineSnapshot(`
      "dataset image-table: there is no CSV in DIR/images or beside it
        cure: name the table with the labels: dataset_options: {table: …}"
    `);
    await folder.putText('a.csv', 'file,label\n1,a\n');
    await folder.putText('b.csv', 'file,label\n1,b\n');
    expect(await folder.refusal(open())).toMatchInlineSnapshot(`
      "dataset image-table: several tables lie in DIR: a.csv, b.csv
        cure: name the one with the labels: dataset_options: {table: …}"
    `);
    expect((await open({ table: folder.path('b.csv') })).classes).toEqual(['b']);
    await mkdir(folder.path('empty'));
    expect(await folder.refusal(open({ path: folder.path('imagse') }))).toContain('did you mean DIR/images?');
  });
});
