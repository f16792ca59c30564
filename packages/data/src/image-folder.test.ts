import { cp, mkdir, mkdtemp, readdir, realpath, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createRng, type DatasetContext, type PackedImages } from '@medgan/plugin-api';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import imageFolder, { type ImageFolderOptions } from './image-folder.ts';

let dir: string;

beforeEach(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'medgan-image-folder-')));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** A flat grey PNG of the given level, 12×10. */
async function put(name: string, level = 100): Promise<void> {
  const path = join(dir, name);
  await mkdir(dirname(path), { recursive: true });
  const background = { r: level, g: level, b: level };
  await sharp({ create: { width: 12, height: 10, channels: 3, background } })
    .png()
    .toFile(path);
}

async function putText(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(dir, name)), { recursive: true });
  await writeFile(join(dir, name), text);
}

function open(
  context: Partial<DatasetContext> = {},
  options: ImageFolderOptions & { path?: string } = {},
): Promise<PackedImages> {
  return imageFolder.open(
    { path: dir, ...options },
    {
      format: { size: 4, channels: 3 },
      subsetOrder: 'first',
      rng: createRng(7),
      workers: 2,
      ...context,
    },
  );
}

/** The message of the error, with the temporary folder written as DIR. */
async function refusal(opening: Promise<unknown>): Promise<string> {
  const message = await opening.then(
    () => 'no error',
    (error: Error) => error.message,
  );
  return message.replaceAll(dir, 'DIR');
}

describe('class folders', () => {
  it('labels images by folder, in torchvision’s order, nested ones included', async () => {
    await put('nevus/b.png', 30);
    await put('nevus/B.PNG', 20);
    await put('nevus/10.png', 10);
    await put('nevus/deep/er/a.png', 40);
    await put('melanoma/x.jpeg', 5);
    const images = await open();
    expect(images.names).toEqual([
      'melanoma/x.jpeg',
      'nevus/10.png',
      'nevus/B.PNG',
      'nevus/b.png',
      'nevus/deep/er/a.png',
    ]);
    expect(images).toMatchObject({
      count: 5,
      size: 4,
      channels: 3,
      classes: ['melanoma', 'nevus'],
      skipped: [],
    });
    expect([...images.labels]).toEqual([0, 1, 1, 1, 1]);
    expect(images.pixels.length).toBe(5 * 4 * 4 * 3);
    expect([0, 1, 2, 3, 4].map((i) => images.pixels[i * 48])).toEqual([5, 10, 20, 30, 40]);
    expect(images.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  });

  it('takes a flat folder as one class with its name', async () => {
    await put('b.png');
    await put('a.png');
    await mkdir(join(dir, 'notes'));
    const images = await open();
    expect(images).toMatchObject({ classes: [basename(dir)], names: ['a.png', 'b.png'] });
  });

  it('passes over other files, dot files, archive leftovers, and says so of loose images', async () => {
    await put('nevus/a.png');
    await put('loose.png');
    await putText('nevus/labels.csv', 'a,b');
    await putText('nevus/._a.png', 'resource fork');
    await putText('__MACOSX/nevus/a.png', 'resource fork');
    const warnings: string[] = [];
    const images = await open({ onWarning: (message) => warnings.push(message) });
    expect(images.names).toEqual(['nevus/a.png']);
    expect(warnings).toEqual(['dataset image-folder: 1 images beside the class folders are ignored']);
  });

  it('reads names in any script, and very long ones', async () => {
    const long = `${'x'.repeat(250)}.png`;
    await put('皮膚/ñandú 🩺.png', 1);
    await put(`皮膚/${long}`, 2);
    const images = await open();
    expect(images).toMatchObject({ classes: ['皮膚'], names: [`皮膚/${long}`, '皮膚/ñandú 🩺.png'] });
  });

  it('gives luma with one channel', async () => {
    await mkdir(join(dir, 'a'));
    const background = { r: 200, g: 100, b: 50 };
    await sharp({ create: { width: 9, height: 9, channels: 3, background } })
      .png()
      .toFile(join(dir, 'a/a.png'));
    const images = await open({ format: { size: 4, channels: 1 } });
    // 0.299 · 200 + 0.587 · 100 + 0.114 · 50
    expect([...images.pixels]).toEqual(new Array(16).fill(124));
  });
});

describe('choosing', () => {
  beforeEach(async () => {
    for (let i = 0; i < 12; i++) await put(`${i % 2 ? 'melanoma' : 'nevus'}/${i}.png`, i * 20);
  });

  it('keeps the wanted classes; labels follow the sorted names', async () => {
    const images = await open({ classes: ['nevus'] });
    expect(images).toMatchObject({ classes: ['nevus'], count: 6 });
    expect(new Set(images.labels)).toEqual(new Set([0]));
    expect((await open({ classes: ['nevus', 'melanoma'] })).classes).toEqual(['melanoma', 'nevus']);
  });

  it('knows a class by its name however the accent is stored', async () => {
    await put('na\u0308vus/a.png');
    expect((await open({ classes: ['n\u00e4vus'] })).classes).toEqual(['na\u0308vus']);
  });

  it('names the known classes and the nearest for an unknown one', async () => {
    expect(await refusal(open({ classes: ['nevsu'] }))).toMatchInlineSnapshot(`
      "[medgan] dataset image-folder: no class is called "nevsu"; known: melanoma, nevus
        cure: did you mean "nevus"?"
    `);
    expect(await refusal(open({ classes: [] }))).toMatchInlineSnapshot(`
      "[medgan] dataset image-folder: classes is an empty list
        cure: name a class, or leave classes out"
    `);
  });

  it('takes the first N by name', async () => {
    const all = await open();
    expect((await open({ subset: 5 })).names).toEqual(all.names.slice(0, 5));
  });

  it('nests seeded subsets and draws them from the seed', async () => {
    const seeded = (subset: number, seed: number): Promise<PackedImages> =>
      open({ subset, subsetOrder: 'seeded', rng: createRng(seed) });
    const [four, eight, other] = [await seeded(4, 1), await seeded(8, 1), await seeded(8, 2)];
    expect(eight.names.slice(0, 4)).toEqual(four.names);
    expect(eight.pixels.slice(0, four.pixels.length)).toEqual(four.pixels);
    expect(new Set(eight.names).size).toBe(8);
    expect(other.names).not.toEqual(eight.names);
    expect((await seeded(8, 1)).fingerprint).toBe(eight.fingerprint);
  });

  it('refuses a subset that is not there', async () => {
    expect(await refusal(open({ subset: 13 }))).toMatchInlineSnapshot(`
      "[medgan] dataset image-folder: subset 13 of 12 images
        cure: set subset to 1 … 12, or leave it out to use all"
    `);
    expect(await refusal(open({ subset: 0 }))).toContain('subset 0 of 12 images');
  });

  it('tells of progress and stops when told to', async () => {
    const told: number[] = [];
    await open({ onProgress: (done, total) => told.push(done / total) });
    expect(told).toEqual(Array.from({ length: 12 }, (_, i) => (i + 1) / 12));
    const abort = new AbortController();
    const opening = open({
      signal: abort.signal,
      onProgress: (done) => {
        if (done === 3) abort.abort(new Error('stopped by the user'));
        if (done > 5) throw new Error('went on');
      },
    });
    expect(await refusal(opening)).toBe('stopped by the user');
  });

  it('gives the same whatever the number of workers', async () => {
    const [one, many] = [await open({ workers: 1 }), await open({ workers: 8 })];
    expect(many).toEqual(one);
  });
});

describe('folders that will not do', () => {
  it('says what is wrong and what to do', async () => {
    await mkdir(join(dir, 'images'));
    await putText('archive.zip', 'PK');
    const at = (path: string): Promise<string> => refusal(open({}, { path: join(dir, path) }));
    expect(await at('imagse')).toMatchInlineSnapshot(`
      "[medgan] dataset image-folder: the folder DIR/imagse cannot be opened (ENOENT)
        cure: did you mean DIR/images?"
    `);
    expect(await at('elsewhere')).toMatchInlineSnapshot(`
      "[medgan] dataset image-folder: the folder DIR/elsewhere cannot be opened (ENOENT)
        cure: set path to a folder that exists; it is taken relative to where medgan was started"
    `);
    expect(await at('archive.zip')).toMatchInlineSnapshot(`
      "[medgan] dataset image-folder: DIR/archive.zip is a file, not a folder
        cure: unpack it if it is an archive, and set path to the folder of images"
    `);
    expect(await at('images')).toMatchInlineSnapshot(`
      "[medgan] dataset image-folder: DIR/images holds no image
        cure: put images (jpg, jpeg, png, bmp, tif, tiff, webp) into it, one folder for each class"
    `);
    expect(await refusal(open({}, { path: '' }))).toMatchInlineSnapshot(`
      "[medgan] dataset image-folder was given no folder
        cure: set path to the folder of images"
    `);
  });

  it('refuses a class without images, unless others are asked for', async () => {
    await put('nevus/a.png');
    await mkdir(join(dir, 'melanoma'));
    expect(await refusal(open())).toMatchInlineSnapshot(`
      "[medgan] dataset image-folder: no image in the class folder melanoma of DIR
        cure: put images (jpg, jpeg, png, bmp, tif, tiff, webp) into it, remove it, or name the classes you want under classes"
    `);
    expect((await open({ classes: ['nevus'] })).count).toBe(1);
  });

  it('refuses unknown options', async () => {
    await put('a.png');
    expect(await refusal(open({}, { unreadible: 'skip' } as object))).toMatchInlineSnapshot(
      `"[medgan] dataset image-folder: unreadible: unknown key "unreadible" (did you mean "unreadable"?)"`,
    );
  });
});

describe('unreadable files', () => {
  it('lists them all in one error', async () => {
    await put('a/good.png');
    await putText('a/empty.jpg', '');
    await putText('a/text.bmp', 'hello');
    await put('a/cut.png');
    await truncate(join(dir, 'a/cut.png'), 60);
    await put('a/bomb.png');
    await mkdir(join(dir, 'a/gone'));
    await symlink(join(dir, 'nowhere'), join(dir, 'a/gone/link.png'));
    expect(await refusal(open({}, { max_megapixels: 0.0001 }))).toMatch(
      /a\/good\.png: Input image exceeds pixel limit/,
    );
    expect(await refusal(open())).toMatchInlineSnapshot(`
      "[medgan] dataset image-folder: 4 of 6 files cannot be read
        a/cut.png: Input buffer has corrupt header
        a/empty.jpg: the file is empty
        a/text.bmp: not a JPEG, PNG, BMP, TIFF, WebP or GIF by its content
        a/gone/link.png: broken symbolic link (ENOENT)
        cure: repair or remove them, or set unreadable: skip to train without them"
    `);
  });

  it('names at most 20', async () => {
    for (let i = 10; i < 33; i++) await putText(`a/${i}.png`, 'x');
    const message = await refusal(open());
    expect(message).toContain('23 of 23 files cannot be read');
    expect(message).toContain('a/29.png');
    expect(message).not.toContain('a/30.png');
    expect(message).toContain('and 3 more');
  });

  it('skips and counts them when asked, and fails when nothing is left', async () => {
    await put('a/1.png', 10);
    await putText('a/2.png', 'x');
    await put('a/3.png', 30);
    const skipping = { unreadable: 'skip' } as const;
    const images = await open({}, skipping);
    expect(images.names).toEqual(['a/1.png', 'a/3.png']);
    expect([images.pixels.length, images.pixels[0], images.pixels[48]]).toEqual([96, 10, 30]);
    expect(images.labels.length).toBe(2);
    expect(images.skipped).toEqual([
      { name: 'a/2.png', reason: 'not a JPEG, PNG, BMP, TIFF, WebP or GIF by its content' },
    ]);
    await rm(join(dir, 'a/2.png'));
    expect((await open()).fingerprint).toBe(images.fingerprint);
    await rm(join(dir, 'a'), { recursive: true });
    await putText('a/2.png', 'x');
    expect(await refusal(open({}, skipping))).toContain('1 of 1 files cannot be read');
  });

  it('reads a file with the wrong extension by its content', async () => {
    await put('a/really-png.png', 50);
    await cp(join(dir, 'a/really-png.png'), join(dir, 'a/called.jpg'));
    expect((await open()).pixels[0]).toBe(50);
  });
});

describe('symbolic links', () => {
  let outside: string;
  beforeEach(async () => {
    outside = await mkdtemp(join(tmpdir(), 'medgan-outside-'));
    await put('a/1.png', 10);
    await cp(join(dir, 'a/1.png'), join(outside, 'secret.png'));
  });
  afterEach(() => rm(outside, { recursive: true, force: true }));

  it('follows links that stay inside, and never in circles', async () => {
    await symlink(join(dir, 'a/1.png'), join(dir, 'a/2.png'));
    await symlink(dir, join(dir, 'a/loop'));
    await symlink(join(dir, 'a'), join(dir, 'a/self'));
    expect((await open()).names).toEqual(['a/1.png', 'a/2.png']);
  });

  it('refuses links that lead out, to files, folders and classes', async () => {
    await symlink(join(outside, 'secret.png'), join(dir, 'a/file.png'));
    await symlink(outside, join(dir, 'a/folder'));
    await symlink(outside, join(dir, 'class'));
    expect(await refusal(open())).toMatchInlineSnapshot(`
      "[medgan] dataset image-folder: 3 of 4 files cannot be read
        a/file.png: symbolic link that leads out of the folder (outside_links: true follows it)
        a/folder: symbolic link that leads out of the folder (outside_links: true follows it)
        class: symbolic link that leads out of the folder (outside_links: true follows it)
        cure: repair or remove them, or set unreadable: skip to train without them"
    `);
    expect((await open({}, { unreadable: 'skip' })).names).toEqual(['a/1.png']);
  });

  it('follows them when asked', async () => {
    await symlink(join(outside, 'secret.png'), join(dir, 'a/file.png'));
    await symlink(outside, join(dir, 'class'));
    const images = await open({}, { outside_links: true });
    expect(images.names).toEqual(['a/1.png', 'a/file.png', 'class/secret.png']);
  });

  it('takes a folder that is itself a link', async () => {
    await symlink(dir, join(outside, 'dataset'));
    expect((await open({}, { path: join(outside, 'dataset') })).names).toEqual(['a/1.png']);
  });

  it('does not open what is no regular file', async () => {
    await mkdir(join(dir, 'a/folder.png'));
    await put('a/folder.png/inner.png');
    await symlink('/dev/zero', join(dir, 'a/zero.png'));
    expect(await refusal(open({}, { outside_links: true }))).toContain('a/zero.png: not a regular file');
  });
});

describe('fingerprint', () => {
  it('changes with content, names, size, channels and order, and with nothing else', async () => {
    await put('a/1.png', 10);
    await put('a/2.png', 20);
    const base = (await open()).fingerprint;
    const others = [
      (await open({ format: { size: 5, channels: 3 } })).fingerprint,
      (await open({ format: { size: 4, channels: 1 } })).fingerprint,
      (await open({ subset: 1 })).fingerprint,
    ];
    await put('a/2.png', 21);
    others.push((await open()).fingerprint);
    await put('a/2.png', 20);
    expect((await open()).fingerprint).toBe(base);
    await cp(join(dir, 'a'), join(dir, 'b'), { recursive: true });
    others.push((await open({ classes: ['b'] })).fingerprint);
    expect((await open({ classes: ['a'] })).fingerprint).toBe(base);
    expect(new Set([base, ...others]).size).toBe(6);
    expect((await readdir(dir)).sort()).toEqual(['a', 'b']);
  });
});
