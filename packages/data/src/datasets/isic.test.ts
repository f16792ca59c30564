import { createRng, type DatasetContext, type PackedImages } from '@medgan/plugin-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ArchiveServer } from '../../test/archive-server.ts';
import { TemporaryFolder } from '../../test/temporary-folder.ts';
import isic, { type IsicOptions } from './isic.ts';

let server: ArchiveServer;
let base: string;
let folder: TemporaryFolder;
let warnings: string[];
beforeEach(async () => {
  folder = await TemporaryFolder.make();
  warnings = [];
  server = await ArchiveServer.start(
    Array.from({ length: 6 }, (_, i) => ({
      id: `ISIC_000000${i}`,
      diagnosis: i < 2 ? 'Malignant' : 'Benign',
      lesion: `IL_${i >> 1}`,
    })),
  );
  base = server.base;
});
afterEach(async () => {
  await server.stop();
  await folder.remove();
});

const open = (
  options: IsicOptions & { path?: string } = {},
  context: Partial<DatasetContext> = {},
): Promise<PackedImages> =>
  isic.open(
    { base_url: base, class_by: 'diagnosis_1', ...options },
    {
      format: { size: 4, channels: 3 },
      subsetOrder: 'first',
      rng: createRng(7),
      workers: 2,
      cacheDir: folder.path('cache'),
      onWarning: (message) => warnings.push(message.replaceAll(folder.dir, 'DIR')),
      ...context,
    },
  );

const noCache: DatasetContext = {
  format: { size: 4, channels: 3 },
  subsetOrder: 'first',
  rng: createRng(7),
  workers: 2,
};

describe('the dataset isic', () => {
  it('downloads once into the cache, and is opened without the archive from then on', async () => {
    const first = await open();
    expect(first).toMatchObject({ count: 6, classes: ['Benign', 'Malignant'] });
    expect(first.names[0]).toBe('Benign/ISIC_0000002.jpg');
    expect(first.groups?.[0]).toBe('IL_1');
    expect(warnings).toEqual([
      expect.stringMatching(
        /^dataset isic: downloading all matching images into DIR\/cache\/isic\/[0-9a-f]{16}, once$/,
      ),
    ]);
    await server.stop();
    const again = await open();
    expect(again.fingerprint).toBe(first.fingerprint);
    expect(again.names).toEqual(first.names);
    expect(warnings).toHaveLength(1);
    server = await ArchiveServer.start([]);
  });

  it('opens the folder that is named, one class without class_by', async () => {
    const path = folder.path('mine');
    const images = await isic.open({ query: 'diagnosis_1:"Malignant"', path, base_url: base }, noCache);
    expect(images).toMatchObject({ classes: ['isic'], names: ['ISIC_0000000.jpg', 'ISIC_0000001.jpg'] });
  });

  it('gives parts and classes as folders do', async () => {
    const part = (name: string): Promise<PackedImages> =>
      open({}, { split: { part: name, fractions: { a: 0.5, b: 0.5 }, seed: 0 }, classes: ['Benign'] });
    const [a, b] = [await part('a'), await part('b')];
    expect([a.count, b.count]).toEqual([2, 2]);
    expect(a.groups!.some((group) => b.groups!.includes(group))).toBe(false);
  });

  it('says what cannot be had', async () => {
    expect(await folder.refusal(open({ query: 'diagnosis_1:"Melanoma"' }))).toMatchInlineSnapshot(`
      "dataset isic: no image fits the query "diagnosis_1:\\"Melanoma\\""
        cure: look what there is: medgan data isic search"
    `);
    expect(await folder.refusal(isic.open({}, noCache))).toMatchInlineSnapshot(`
      "dataset isic has no folder to download into
        cure: set path to one, or let there be a cache folder"
    `);
    server.files.set('/files/ISIC_0000001.jpg', Buffer.from('<html>'));
    expect(await folder.refusal(open())).toMatchInlineSnapshot(`
      "dataset isic: 1 image could not be downloaded
        ISIC_0000001: it is no image but an HTML page
        cure: run it again to try these once more; narrow the query to do without them"
    `);
  });
});
