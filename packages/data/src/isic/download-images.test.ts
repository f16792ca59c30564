import { mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { etagOf, halfAndGone, reset, status, type ArchiveServer } from '../../test/archive-server.ts';
import { DownloadBench, fileAt, idOf } from '../../test/download-bench.ts';
import type { DownloadResult } from './download-images.ts';
import type { DownloadRequest } from './download-record.ts';

let bench: DownloadBench;
let server: ArchiveServer;
let dir: string;
beforeEach(async () => {
  bench = await DownloadBench.start();
  ({ server, dir } = bench);
});
afterEach(() => bench.stop());

const bring: DownloadBench['bring'] = (request, options) => bench.bring(request, options);
const refusal = (work: Promise<unknown>): Promise<string> => bench.refusal(work);
const read = (name: string): Promise<string> => readFile(join(dir, name), 'utf8');

/** Every image is there to the byte, and nothing unfinished is. */
async function expectWhole(result: DownloadResult, count: number): Promise<void> {
  expect(result.failed).toEqual([]);
  expect(result.images).toHaveLength(count);
  for (const { file, id } of result.images) {
    expect(await readFile(join(dir, file))).toEqual(server.files.get(`/files/${id}.jpg`));
  }
  expect((await readdir(dir)).filter((name) => name.startsWith('.'))).toEqual([]);
}

describe('a download', () => {
  it('brings images in class folders over several pages, with their tables', async () => {
    server.largestPage = 3;
    const progress: number[] = [];
    const result = await bring(
      { classBy: 'diagnosis_1' },
      { onProgress: ({ done, total }) => progress.push(done / total) },
    );
    await expectWhole(result, 8);
    expect(result.fetched).toBe(8);
    expect(progress).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 8].map((done) => done / 8));
    expect((await readdir(dir)).sort()).toEqual([
      'ATTRIBUTION.csv',
      'Benign',
      'LICENSES.md',
      'Malignant',
      'downloads.json',
      'manifest.jsonl',
      'metadata.csv',
    ]);
    expect(server.asked.filter((path) => path.startsWith('/api'))).toHaveLength(3);
    expect(server.mostAtOnce).toBeLessThanOrEqual(3);
    expect((await read('ATTRIBUTION.csv')).split('\n').slice(0, 3)).toEqual([
      'isic_id,file,licence,attribution',
      'ISIC_0000000,Benign/ISIC_0000000.jpg,CC-0,Anonymous',
      'ISIC_0000001,Malignant/ISIC_0000001.jpg,CC-BY,"Hospital ""A"", Vienna"',
    ]);
    expect(await read('LICENSES.md')).toContain(
      '| CC-BY | 5 | https://creativecommons.org/licenses/by/4.0/ |',
    );
    expect((await read('metadata.csv')).split('\n')[0]).toBe(
      'isic_id,attribution,copyright_license,age_approx,diagnosis_1,image_type,lesion_id,pixels_x,pixels_y,sex',
    );
    const line = JSON.parse((await read('manifest.jsonl')).split('\n')[1]!) as object;
    expect(line).toMatchObject({ id: idOf(1), file: 'Malignant/ISIC_0000001.jpg', licence: 'CC-BY' });
  });

  it('asks nothing when it is run again, and only for what is missing when a file is gone', async () => {
    await bring({ count: 5 });
    const before = server.asked.length;
    expect(await bring({ count: 5 })).toMatchObject({ fetched: 0, failed: [] });
    expect(server.asked.length).toBe(before);
    await rm(join(dir, 'ISIC_0000002.jpg'));
    const result = await bring({ count: 5 });
    expect(result.fetched).toBe(1);
    await expectWhole(result, 5);
    await truncate(join(dir, 'ISIC_0000003.jpg'), 10);
    expect((await bring({ count: 7 })).fetched).toBe(3);
    await writeFile(
      join(dir, 'ISIC_0000004.jpg'),
      Buffer.alloc((await stat(join(dir, 'ISIC_0000004.jpg'))).size),
    );
    expect((await bring({ count: 7 })).fetched).toBe(0);
    expect((await bring({ count: 7 }, { verify: true })).fetched).toBe(1);
  });

  it('keeps to the query, the count, the licences and the contributor', async () => {
    const ids = async (request: Partial<DownloadRequest>): Promise<string[]> =>
      (await bring(request)).images.map(({ id }) => id);
    expect(await ids({ query: 'diagnosis_1:"Malignant"', count: 2 })).toEqual([idOf(1), idOf(3)]);
    expect(await ids({ licences: ['cc-0'] })).toEqual([idOf(0), idOf(3), idOf(6)]);
    expect(await ids({ attribution: 'vienna', count: 3 })).toEqual([idOf(1), idOf(2), idOf(4)]);
    // All were here before but one.
    expect(server.asked.filter((path) => path.startsWith('/files'))).toHaveLength(6);
  });

  it('moves what is here when other folders are asked for', async () => {
    await bring({ count: 4 });
    const result = await bring({ count: 4, classBy: 'sex' });
    await expectWhole(result, 4);
    expect(result.fetched).toBe(0);
    expect(result.images[0]!.file).toBe('female/ISIC_0000000.jpg');
    const { failed } = await bring({ count: 1, size: 'thumbnail' });
    expect(failed[0]!.reason).toContain('holds the full of ISIC_0000000, not the thumbnail');
  });

  it('saves what is there when it is stopped, and goes on from it', async () => {
    const stop = new AbortController();
    const stopped = bring(
      {},
      {
        signal: stop.signal,
        concurrency: 1,
        onProgress: ({ done }) => done === 3 && stop.abort(new Error('stop')),
      },
    );
    expect(await refusal(stopped)).toBe('stop');
    expect((await read('manifest.jsonl')).trim().split('\n')).toHaveLength(3);
    expect(await read('LICENSES.md')).toContain('CC-BY');
    const result = await bring();
    expect(result.fetched).toBe(5);
    await expectWhole(result, 8);
  });

  it('is refused while another is under way in the folder', async () => {
    let second: Promise<string> | undefined;
    server.upset('/api/v2/images/search/', (request, response) => {
      second = refusal(bring());
      void second.then(() => status(503)(request, response, undefined));
    });
    await expectWhole(await bring(), 8);
    expect(await second).toContain('DIR: another download is under way here');
  });
});

describe('a bad connection', () => {
  it('is tried again after 429, 500, a reset and half an answer, waiting as long as the answer asks', async () => {
    server.upset('/api/v2/images/search/', status(429, { 'retry-after': '7' }), status(503));
    server.upset(fileAt(0), status(500), reset);
    server.upset(fileAt(1), halfAndGone());
    const date = 'Tue, 24 Nov 2026 20:00:00 GMT';
    server.upset(fileAt(2), status(429, { 'retry-after': 'Tue, 24 Nov 2026 20:00:31 GMT', date }));
    await expectWhole(await bring(), 8);
    expect(bench.slept[0]).toBe(7000);
    expect(bench.slept).toContain(31_000);
    expect(bench.slept.filter((pause) => pause < 2000)).toHaveLength(4);
  });

  it('goes on where a file broke off, when it is still the same file', async () => {
    const part = join(dir, '.isic-parts', `${idOf(1)}-full.part`);
    const arrived = (bytes: number): Promise<boolean> =>
      stat(part).then(
        ({ size }) => size === bytes,
        () => false,
      );
    server.upset(fileAt(1), halfAndGone(arrived));
    await expectWhole(await bring({ count: 2 }), 2);
    const half = server.files.get(fileAt(1))!.length >> 1;
    expect(server.ranges).toContain(`bytes=${half}-`);
  });

  it('goes on in a later run, and starts anew when the file has changed or is already whole', async () => {
    const parts = join(dir, '.isic-parts');
    await mkdir(parts);
    const put = async (i: number, bytes: Buffer, etag: string): Promise<void> => {
      await writeFile(join(parts, `${idOf(i)}-full.part`), bytes);
      await writeFile(join(parts, `${idOf(i)}-full.part.etag`), etag);
    };
    const [a, b, c] = [0, 1, 2].map((i) => server.files.get(fileAt(i))!) as [Buffer, Buffer, Buffer];
    await put(0, a.subarray(0, 100), etagOf(a));
    await put(1, Buffer.alloc(100, 7), '"an older version"');
    await put(2, c, etagOf(c));
    await put(3, Buffer.alloc(100, 7), 'W/"weak"');
    await expectWhole(await bring({ count: 4 }), 4);
    expect(server.ranges.filter((range) => range !== undefined).sort()).toEqual([
      'bytes=100-',
      'bytes=100-',
      `bytes=${c.length}-`,
    ]);
    expect(b.length).toBeGreaterThan(100);
  });

  it('gives up on one image, reports it and downloads it the next time', async () => {
    server.upset(fileAt(3), ...Array.from({ length: 6 }, () => reset));
    const result = await bring();
    expect(result.images).toHaveLength(7);
    expect(result.failed).toEqual([
      { id: idOf(3), reason: expect.stringContaining('the connection broke (ECONNRESET), 6 times') },
    ]);
    expect((await bring()).fetched).toBe(1);
  });

  it('leaves a server alone that asks for a long pause', async () => {
    server.upset(fileAt(0), status(429, { 'retry-after': '3600' }));
    expect(await refusal(bring({}, { concurrency: 1 }))).toMatchInlineSnapshot(
      `
      "HOST asks to come back in 60 minutes
        cure: run it again then: what is there already is kept"
    `,
    );
    expect(server.asked.filter((path) => path.startsWith('/files'))).toHaveLength(1);
  });

  it('gives up a connection that stands still', async () => {
    server.upset(fileAt(0), (_, response, file) => {
      response.writeHead(200, { 'content-length': file!.length });
      response.write(file!.subarray(0, 10));
    });
    await expectWhole(await bring({ count: 1 }, { manners: { stall: 400 } }), 1);
  });

  it('spaces its requests', async () => {
    await bring({ count: 3 }, { manners: { interval: 100 } });
    expect(bench.slept.filter((pause) => pause === 100).length).toBeGreaterThanOrEqual(4);
  });

  it('asks for a fresh address when the old one has expired', async () => {
    server.upset(fileAt(2), status(403));
    await expectWhole(await bring({ count: 4 }), 4);
    expect(server.asked).toContain(`/api/v2/images/${idOf(2)}/`);
  });
});

describe("files of the user's", () => {
  it('with the names of our tables are not replaced: the folder is refused', async () => {
    await writeFile(join(dir, 'metadata.csv'), 'mine');
    expect(await refusal(bring())).toContain(
      'holds metadata.csv, which no download wrote: there is no manifest.jsonl\n  cure: download into another folder',
    );
    expect(await read('metadata.csv')).toBe('mine');
  });

  it('with the name of an image are not replaced: this image fails', async () => {
    await writeFile(join(dir, `${idOf(0)}.jpg`), 'mine');
    const { failed, images } = await bring();
    expect(failed).toEqual([
      {
        id: idOf(0),
        reason: `${idOf(0)}.jpg is there already, with other content; move it or download into another folder`,
      },
    ]);
    expect(images).toHaveLength(7);
    expect(await read(`${idOf(0)}.jpg`)).toBe('mine');
  });

  it('is no image that a killed download had placed', async () => {
    const { images } = await bring();
    await writeFile(join(dir, 'manifest.jsonl'), '');
    for (const name of ['downloads.json']) await rm(join(dir, name));
    expect((await bring()).images).toHaveLength(images.length);
  });
});
