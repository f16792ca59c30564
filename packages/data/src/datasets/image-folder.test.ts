import { cp, mkdir, readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { createRng } from '@medgan/plugin-api';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Contents } from '../../test/contents.ts';
import { TemporaryFolder } from '../../test/temporary-folder.ts';

let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await TemporaryFolder.make();
});
afterEach(() => folder.remove());

describe('class folders', () => {
  it('labels images by folder, in torchvision’s order, nested ones included', async () => {
    await folder.put('nevus/b.png', 30);
    await folder.put('nevus/B.PNG', 20);
    await folder.put('nevus/10.png', 10);
    await folder.put('nevus/deep/er/a.png', 40);
    await folder.put('melanoma/x.jpeg', 5);
    const images = await folder.open();
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
    await folder.put('b.png');
    await folder.put('a.png');
    await mkdir(folder.path('notes'));
    const images = await folder.open();
    expect(images).toMatchObject({ classes: [basename(folder.dir)], names: ['a.png', 'b.png'] });
  });

  it('passes over other files, dot files, archive leftovers, and says so of loose images', async () => {
    await folder.put('nevus/a.png');
    await folder.put('loose.png');
    await folder.putText('nevus/labels.csv', 'a,b');
    await folder.putText('nevus/._a.png', 'resource fork');
    await folder.putText('__MACOSX/nevus/a.png', 'resource fork');
    const warnings: string[] = [];
    const images = await folder.open({ onWarning: (message) => warnings.push(message) });
    expect(images.names).toEqual(['nevus/a.png']);
    expect(warnings).toEqual(['dataset image-folder: 1 image beside the class folders is ignored']);
  });

  it('reads names in any script, and very long ones', async () => {
    const long = `${'x'.repeat(250)}.png`;
    await folder.put('皮膚/ñandú 🩺.png', 1);
    await folder.put(`皮膚/${long}`, 2);
    const images = await folder.open();
    expect(images).toMatchObject({ classes: ['皮膚'], names: [`皮膚/${long}`, '皮膚/ñandú 🩺.png'] });
  });

  it('gives luma with one channel', async () => {
    await mkdir(folder.path('a'));
    const background = { r: 200, g: 100, b: 50 };
    await sharp({ create: { width: 9, height: 9, channels: 3, background } })
      .png()
      .toFile(folder.path('a/a.png'));
    const images = await folder.open({ format: { size: 4, channels: 1 } });
    // 0.299 · 200 + 0.587 · 100 + 0.114 · 50
    expect([...images.pixels]).toEqual(new Array(16).fill(124));
  });
});

describe('choosing', () => {
  beforeEach(async () => {
    for (let i = 0; i < 12; i++) await folder.put(`${i % 2 ? 'melanoma' : 'nevus'}/${i}.png`, i * 20);
  });

  it('keeps the wanted classes; labels follow the sorted names', async () => {
    const images = await folder.open({ classes: ['nevus'] });
    expect(images).toMatchObject({ classes: ['nevus'], count: 6 });
    expect(new Set(images.labels)).toEqual(new Set([0]));
    expect((await folder.open({ classes: ['nevus', 'melanoma'] })).classes).toEqual(['melanoma', 'nevus']);
  });

  it('knows a class by its name however the accent is stored', async () => {
    await folder.put('na\u0308vus/a.png');
    expect((await folder.open({ classes: ['n\u00e4vus'] })).classes).toEqual(['na\u0308vus']);
  });

  it('names the known classes and the nearest for an unknown one', async () => {
    expect(await folder.refusal(folder.open({ classes: ['nevsu'] }))).toMatchInlineSnapshot(`
      "dataset image-folder: no class is called "nevsu"; known: melanoma, nevus
        cure: did you mean "nevus"?"
    `);
    expect(await folder.refusal(folder.open({ classes: [] }))).toMatchInlineSnapshot(`
      "dataset image-folder: classes is an empty list
        cure: name a class, or leave classes out"
    `);
  });

  it('takes the first by name of each class, in its share', async () => {
    const { names, labels } = await folder.open();
    const of = (label: number): string[] => names.filter((_, i) => labels[i] === label);
    expect((await folder.open({ subset: 6 })).names).toEqual([...of(0).slice(0, 3), ...of(1).slice(0, 3)]);
    expect((await folder.open({ subset: 12 })).names).toEqual(names);
    const one = await folder.open({ classes: ['melanoma'], subset: 4 });
    expect(one.names).toEqual(of(0).slice(0, 4));
  });

  it('nests seeded subsets and draws them from the seed', async () => {
    const seeded = (subset: number, seed: number): Promise<Contents> =>
      folder.open({ subset, subsetOrder: 'seeded', rng: createRng(seed) });
    const [four, eight, other] = [await seeded(4, 1), await seeded(8, 1), await seeded(8, 2)];
    expect(eight.names.slice(0, 4)).toEqual(four.names);
    expect(eight.pixels.slice(0, four.pixels.length)).toEqual(four.pixels);
    expect(new Set(eight.names).size).toBe(8);
    expect(other.names).not.toEqual(eight.names);
    expect((await seeded(8, 1)).fingerprint).toBe(eight.fingerprint);
  });

  it('refuses a subset that is not there', async () => {
    expect(await folder.refusal(folder.open({ subset: 13 }))).toMatchInlineSnapshot(`
      "dataset image-folder: subset 13 of 12 images
        cure: set subset to 1 … 12, or leave it out to use all"
    `);
    expect(await folder.refusal(folder.open({ subset: 0 }))).toContain('subset 0 of 12 images');
  });

  it('reports progress, and stops when it is aborted', async () => {
    const reported: number[] = [];
    await folder.open({ onProgress: (done, total) => reported.push(done / total) });
    expect(reported).toEqual(Array.from({ length: 12 }, (_, i) => (i + 1) / 12));
    const abort = new AbortController();
    const opening = folder.open({
      signal: abort.signal,
      onProgress: (done) => {
        if (done === 3) abort.abort(new Error('stopped by the user'));
        if (done > 5) throw new Error('went on');
      },
    });
    expect(await folder.refusal(opening)).toBe('stopped by the user');
  });

  it('gives the same whatever the number of workers', async () => {
    const [one, many] = [await folder.open({ workers: 1 }), await folder.open({ workers: 8 })];
    expect(many).toEqual(one);
  });
});

describe('fingerprint', () => {
  it('changes with content, names, size, channels and order, and with nothing else', async () => {
    await folder.put('a/1.png', 10);
    await folder.put('a/2.png', 20);
    const base = (await folder.open()).fingerprint;
    const others = [
      (await folder.open({ format: { size: 5, channels: 3 } })).fingerprint,
      (await folder.open({ format: { size: 4, channels: 1 } })).fingerprint,
      (await folder.open({ subset: 1 })).fingerprint,
    ];
    await folder.put('a/2.png', 21);
    others.push((await folder.open()).fingerprint);
    await folder.put('a/2.png', 20);
    expect((await folder.open()).fingerprint).toBe(base);
    await cp(folder.path('a'), folder.path('b'), { recursive: true });
    others.push((await folder.open({ classes: ['b'] })).fingerprint);
    expect((await folder.open({ classes: ['a'] })).fingerprint).toBe(base);
    expect(new Set([base, ...others]).size).toBe(6);
    expect((await readdir(folder.dir)).sort()).toEqual(['a', 'b']);
  });
});
