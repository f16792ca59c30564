import { cp, mkdir, mkdtemp, rm, symlink, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TemporaryFolder } from '../../test/temporary-folder.ts';

let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await TemporaryFolder.make();
});
afterEach(() => folder.remove());

describe('folders that will not do', () => {
  it('says what is wrong and what to do', async () => {
    await mkdir(folder.path('images'));
    await folder.putText('archive.zip', 'PK');
    const at = (path: string): Promise<string> =>
      folder.refusal(folder.open({}, { path: folder.path(path) }));
    expect(await at('imagse')).toMatchInlineSnapshot(`
      "dataset image-folder: the folder DIR/imagse cannot be opened (ENOENT)
        cure: did you mean DIR/images?"
    `);
    expect(await at('elsewhere')).toMatchInlineSnapshot(`
      "dataset image-folder: the folder DIR/elsewhere cannot be opened (ENOENT)
        cure: set path to a folder that exists; a relative one begins at the folder of the control file"
    `);
    expect(await at('archive.zip')).toMatchInlineSnapshot(`
      "dataset image-folder: DIR/archive.zip is a file, not a folder
        cure: unpack it if it is an archive, and set path to the folder of images"
    `);
    expect(await at('images')).toMatchInlineSnapshot(`
      "dataset image-folder: DIR/images holds no image
        cure: put images (jpg, jpeg, jpe, jfif, png, bmp, dib, tif, tiff, webp, gif, dcm, dicom, dic, ima) into it, one folder for each class"
    `);
    expect(await folder.refusal(folder.open({}, { path: '' }))).toMatchInlineSnapshot(`
      "dataset image-folder was given no folder
        cure: set path to the folder of images"
    `);
  });

  it('refuses a class without images, unless others are asked for', async () => {
    await folder.put('nevus/a.png');
    await mkdir(folder.path('melanoma'));
    expect(await folder.refusal(folder.open())).toMatchInlineSnapshot(`
      "dataset image-folder: no image in the class folder melanoma of DIR
        cure: put images (jpg, jpeg, jpe, jfif, png, bmp, dib, tif, tiff, webp, gif, dcm, dicom, dic, ima) into it, remove it, or name the classes you want under classes"
    `);
    expect((await folder.open({ classes: ['nevus'] })).count).toBe(1);
  });

  it('refuses unknown options', async () => {
    await folder.put('a.png');
    expect(await folder.refusal(folder.open({}, { unreadible: 'skip' } as object))).toMatchInlineSnapshot(
      `"dataset image-folder: unreadible: unknown key "unreadible" (did you mean "unreadable"?)"`,
    );
  });
});

describe('unreadable files', () => {
  it('lists them all in one error', async () => {
    await folder.put('a/good.png');
    await folder.putText('a/empty.jpg', '');
    await folder.putText('a/text.bmp', 'hello');
    await folder.put('a/cut.png');
    await truncate(folder.path('a/cut.png'), 60);
    await folder.put('a/bomb.png');
    await mkdir(folder.path('a/gone'));
    await symlink(folder.path('nowhere'), folder.path('a/gone/link.png'));
    expect(await folder.refusal(folder.open({}, { max_megapixels: 0.0001 }))).toMatch(
      /a\/good\.png: Input image exceeds pixel limit/,
    );
    expect(await folder.refusal(folder.open())).toMatchInlineSnapshot(`
      "dataset image-folder: 4 of 6 files cannot be read
        a/cut.png: Input buffer has corrupt header
        a/empty.jpg: the file is empty
        a/text.bmp: not a JPEG, PNG, BMP, TIFF, WebP, GIF or DICOM by its content
        a/gone/link.png: broken symbolic link (ENOENT)
        cure: repair or remove them, or set unreadable: skip to train without them"
    `);
  });

  it('names at most 20', async () => {
    for (let i = 10; i < 33; i++) await folder.putText(`a/${i}.png`, 'x');
    const message = await folder.refusal(folder.open());
    expect(message).toContain('23 of 23 files cannot be read');
    expect(message).toContain('a/29.png');
    expect(message).not.toContain('a/30.png');
    expect(message).toContain('and 3 more');
  });

  it('skips and counts them when asked, and fails when nothing is left', async () => {
    await folder.put('a/1.png', 10);
    await folder.putText('a/2.png', 'x');
    await folder.put('a/3.png', 30);
    const skipping = { unreadable: 'skip' } as const;
    const images = await folder.open({}, skipping);
    expect(images.names).toEqual(['a/1.png', 'a/3.png']);
    expect([images.pixels.length, images.pixels[0], images.pixels[48]]).toEqual([96, 10, 30]);
    expect(images.labels.length).toBe(2);
    expect(images.skipped).toEqual([
      { name: 'a/2.png', reason: 'not a JPEG, PNG, BMP, TIFF, WebP, GIF or DICOM by its content' },
    ]);
    await rm(folder.path('a/2.png'));
    expect((await folder.open()).fingerprint).toBe(images.fingerprint);
    await rm(folder.path('a'), { recursive: true });
    await folder.putText('a/2.png', 'x');
    expect(await folder.refusal(folder.open({}, skipping))).toContain('1 of 1 files cannot be read');
  });

  it('reads a file with the wrong extension by its content', async () => {
    await folder.put('a/really-png.png', 50);
    await cp(folder.path('a/really-png.png'), folder.path('a/called.jpg'));
    expect((await folder.open()).pixels[0]).toBe(50);
  });
});

describe('symbolic links', () => {
  let outside: string;
  beforeEach(async () => {
    outside = await mkdtemp(join(tmpdir(), 'medgan-outside-'));
    await folder.put('a/1.png', 10);
    await cp(folder.path('a/1.png'), join(outside, 'secret.png'));
  });
  afterEach(() => rm(outside, { recursive: true, force: true }));

  it('follows links that stay inside, and never in circles', async () => {
    await symlink(folder.path('a/1.png'), folder.path('a/2.png'));
    await symlink(folder.dir, folder.path('a/loop'));
    await symlink(folder.path('a'), folder.path('a/self'));
    expect((await folder.open()).names).toEqual(['a/1.png', 'a/2.png']);
  });

  it('refuses links that lead out, to files, folders and classes', async () => {
    await symlink(join(outside, 'secret.png'), folder.path('a/file.png'));
    await symlink(outside, folder.path('a/folder'));
    await symlink(outside, folder.path('class'));
    expect(await folder.refusal(folder.open())).toMatchInlineSnapshot(`
      "dataset image-folder: 3 of 4 files cannot be read
        a/file.png: symbolic link that leads out of the folder (outside_links: true follows it)
        a/folder: symbolic link that leads out of the folder (outside_links: true follows it)
        class: symbolic link that leads out of the folder (outside_links: true follows it)
        cure: repair or remove them, or set unreadable: skip to train without them"
    `);
    expect((await folder.open({}, { unreadable: 'skip' })).names).toEqual(['a/1.png']);
  });

  it('follows them when asked', async () => {
    await symlink(join(outside, 'secret.png'), folder.path('a/file.png'));
    await symlink(outside, folder.path('class'));
    const images = await folder.open({}, { outside_links: true });
    expect(images.names).toEqual(['a/1.png', 'a/file.png', 'class/secret.png']);
  });

  it('takes a folder that is itself a link', async () => {
    await symlink(folder.dir, join(outside, 'dataset'));
    expect((await folder.open({}, { path: join(outside, 'dataset') })).names).toEqual(['a/1.png']);
  });

  it('does not open what is no regular file', async () => {
    await mkdir(folder.path('a/folder.png'));
    await folder.put('a/folder.png/inner.png');
    await symlink('/dev/zero', folder.path('a/zero.png'));
    expect(await folder.refusal(folder.open({}, { outside_links: true }))).toContain(
      'a/zero.png: not a regular file',
    );
  });
});
