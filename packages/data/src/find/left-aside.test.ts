import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TemporaryFolder } from '../../test/temporary-folder.ts';
import { readClassFolders } from './class-folders.ts';
import { searchImages } from './find-images.ts';
import { asideTexts } from './left-aside.ts';

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await TemporaryFolder.make();
});
afterEach(() => folder.remove());

async function search(path = '.'): Promise<{ names: string[]; aside: string[] }> {
  const { files, leftAside } = await searchImages(folder.path(path), { who: 'test', outsideLinks: false });
  return { names: files.map(({ name }) => name), aside: asideTexts(leftAside) };
}

/** A run as it lies on the disk, with a picture and a sample. */
async function putRun(name: string): Promise<void> {
  await folder.putText(`${name}/config.yaml`, '{}');
  await folder.putText(`${name}/status.json`, '{}');
  await folder.put(`${name}/loss.png`);
  await folder.put(`${name}/samples/step-1.png`);
}

describe('files', () => {
  it('of kinds that are not read are counted, documents are not', async () => {
    for (const name of ['1.jpg', '2.JFIF', '3.jpe', '4.gif', '5.dib']) await folder.put(`mel/${name}`);
    for (const name of ['6.pgm', '7.PGM', '8.heic', '9.nii.gz', 'scan', 'labels.csv', 'README', 'a.json'])
      await folder.putText(`mel/${name}`, 'x');
    const { names, aside } = await search();
    expect(names).toEqual(['mel/1.jpg', 'mel/2.JFIF', 'mel/3.jpe', 'mel/4.gif', 'mel/5.dib']);
    expect(aside).toEqual(['5 files of other kinds (no extension 1, .gz 1, .heic 1, .pgm 2)']);
  });

  it('are said by name and number where there is no image', async () => {
    await folder.putText('mel/6.pgm', 'x');
    await expect(readClassFolders(folder.dir, { outsideLinks: false })).rejects.toThrow(
      'holds no image; it holds 1 file of another kind (.pgm 1)',
    );
  });
});

describe('output of medgan', () => {
  it('is left aside wherever it lies, and is no class', async () => {
    await folder.put('melanoma/1.png');
    await putRun('runs/first');
    await putRun('melanoma/deep/second');
    await folder.putText('fakes/generation.json', '{}');
    await folder.put('fakes/000000.png');
    await folder.putText('seen/inspection.json', '{}');
    await folder.put('seen/contact-sheet.png');
    await folder.putText('study/trials.json', '[]');
    await putRun('study/a');
    const found = await readClassFolders(folder.dir, { outsideLinks: false });
    expect(found.classes).toEqual(['melanoma']);
    expect(found.files.map(({ name }) => name)).toEqual(['melanoma/1.png']);
    expect(asideTexts(found.leftAside)).toEqual([
      'output of medgan (generation: fakes; inspection: seen; run: melanoma/deep/second, runs/first; study: study)',
    ]);
  });

  it('does not make classes of a flat folder', async () => {
    await folder.put('1.png');
    await putRun('runs/first');
    const { files, classes } = await readClassFolders(folder.dir, { outsideLinks: false });
    expect(files.map(({ name }) => name)).toEqual(['1.png']);
    expect(classes).toHaveLength(1);
  });

  it('is searched where its folder is named, without its pictures of pictures', async () => {
    await folder.putText('fakes/generation.json', '{}');
    await folder.put('fakes/000000.png');
    await folder.put('fakes/grid.png');
    expect((await search('fakes')).names).toEqual(['000000.png']);
    await folder.put('images/1.png');
    await putRun('images');
    expect((await search('images')).names).toEqual(['1.png']);
  });

  it('is not a folder of images with one such file', async () => {
    await folder.put('mel/1.png');
    await folder.putText('mel/config.yaml', 'mine');
    await folder.put('nv/contact-sheet.png');
    expect((await search()).names).toEqual(['mel/1.png', 'nv/contact-sheet.png']);
  });
});

it('thumbnails and deleted files of systems and network disks are left aside', async () => {
  await folder.put('mel/1.png');
  for (const name of ['@eaDir', '#recycle', '$RECYCLE.BIN', 'System Volume Information', 'lost+found'])
    await folder.put(`${name}/2.png`);
  await folder.put('mel/@eaDir/1.png/SYNOPHOTO_THUMB_XL.jpg');
  const { files, leftAside } = await readClassFolders(folder.dir, { outsideLinks: false });
  expect(files.map(({ name }) => name)).toEqual(['mel/1.png']);
  expect(asideTexts(leftAside).join()).toContain('6 folders of thumbnails or deleted files (#recycle 1,');
});

it('broken links that may have been folders are counted, those of images are faults', async () => {
  await folder.put('mel/1.png');
  await symlink(folder.path('gone'), folder.path('nv'));
  await symlink(folder.path('gone.png'), folder.path('mel/2.png'));
  const { files, leftAside } = await readClassFolders(folder.dir, { outsideLinks: false });
  expect(files.map(({ name, fault }) => [name, fault])).toEqual([
    ['mel/1.png', undefined],
    ['mel/2.png', 'broken symbolic link (ENOENT)'],
  ]);
  expect(asideTexts(leftAside)).toEqual(['1 broken symbolic link (nv)']);
});

it.runIf(process.platform === 'linux')('names that are no UTF-8 are faults with a cure', async () => {
  await folder.put('mel/1.png');
  const latin1 = Buffer.from(`${folder.dir}/h\xe4mangiom`, 'latin1');
  await mkdir(latin1);
  await writeFile(
    Buffer.concat([Buffer.from(folder.path('mel/n')), Buffer.from([0xe4, 0x2e, 0x70, 0x6e, 0x67])]),
    '',
  );
  // A name that holds U+FFFD itself can be read.
  await folder.put('mel/\ufffd.png');
  const { files } = await readClassFolders(folder.dir, { outsideLinks: false });
  const fault = 'its name is not UTF-8; rename it, with convmv for instance, or unpack it anew with unar';
  expect(files.map((file) => [file.name, file.fault])).toEqual([
    ['h\ufffdmangiom', fault],
    ['mel/1.png', undefined],
    ['mel/n\ufffd.png', fault],
    ['mel/\ufffd.png', undefined],
  ]);
});
