import { readdir } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { status, type ArchiveServer } from '../../test/archive-server.ts';
import { DownloadBench, fileAt } from '../../test/download-bench.ts';
import { folderName } from './download-images.ts';

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

describe('a hostile archive', () => {
  const override = (i: number, fields: Readonly<Record<string, unknown>>): void => {
    server.images[i] = { ...server.images[i]!, override: fields };
  };
  const file = (url: string): Record<string, unknown> => ({
    files: { full: { url, size: 0 }, thumbnail_256: { url, size: 0 } },
  });

  it('gets no name of its own on the disk', async () => {
    override(0, { isic_id: '../../ISIC_0000000' });
    expect(await refusal(bring())).toMatchInlineSnapshot(
      `
      "ISIC archive: "../../ISIC_0000000" is no id of an image
        cure: the archive answers in a form this version does not know; look for a newer medgan"
    `,
    );
    override(0, { metadata: { clinical: { diagnosis_1: '../../../etc' }, acquisition: {} } });
    const result = await bring({ classBy: 'diagnosis_1' });
    expect(result.images[0]!.file).toBe('_.._.._etc/ISIC_0000000.jpg');
  });

  it.each([
    ['../a', '_a'],
    ['..', 'unknown'],
    ['', 'unknown'],
    ['a/b\\c:d', 'a_b_c_d'],
    ['NUL', '_NUL'],
    ['.hidden ', 'hidden'],
    ['Nevus, \u0000acral', 'Nevus, _acral'],
    [true, 'true'],
    [undefined, 'unknown'],
  ])('a class %j is the folder %j', (value, folder) => {
    expect(folderName(value)).toBe(folder);
  });

  it('cannot lead to other protocols, elsewhere for its pages, or in circles', async () => {
    override(0, file('file:///etc/passwd'));
    server.upset(fileAt(1), status(302, { location: 'ftp://127.0.0.1/x.jpg' }));
    server.upset(fileAt(2), ...Array.from({ length: 20 }, () => status(302, { location: fileAt(2) })));
    server.upset(fileAt(3), status(302, { location: fileAt(4) }));
    const { failed, images } = await bring({ count: 3 });
    expect(images).toEqual([]);
    expect(failed.map(({ reason }) => reason).sort()).toMatchInlineSnapshot(`
      [
        "it leads on and on",
        "it leads on to ftp://127.0.0.1/x.jpg, which is not followed",
        "its address is refused: file:///etc/passwd",
      ]
    `);
    const page = { results: [], count: 0, next: 'http://elsewhere.test/api/v2/images/search/' };
    server.upset('/api/v2/images/search/', (_, response) => response.end(JSON.stringify(page)));
    expect(await refusal(bring())).toContain('its next page is elsewhere');
    const round = { ...page, next: `${server.base}images/search/?query=&limit=100` };
    server.upset('/api/v2/images/search/', (_, response) => response.end(JSON.stringify(round)));
    expect(await refusal(bring())).toContain('go round in a circle');
  });

  it('gets nothing kept that is too large, no image, or another length than it says', async () => {
    server.files.set(fileAt(0), Buffer.from('<!DOCTYPE html><title>Log in</title>'));
    server.files.set(fileAt(1), Buffer.alloc(2_000_000, 255));
    server.upset(
      fileAt(2),
      ...Array.from({ length: 2 }, () => (_: unknown, response: ServerResponse) => {
        response.writeHead(200);
        for (let i = 0; i < 30; i++) response.write(Buffer.alloc(50_000, 255));
        response.end();
      }),
    );
    override(3, {
      files: { full: { url: `${server.origin}${fileAt(4)}`, size: 5 }, thumbnail_256: { url: '', size: 1 } },
    });
    const { failed } = await bring({ count: 4 });
    const length = server.files.get(fileAt(4))!.length;
    expect(failed.map(({ id, reason }) => `${id}: ${reason.replace(String(length), 'N')}`).sort())
      .toMatchInlineSnapshot(`
      [
        "ISIC_0000000: it is no image but an HTML page",
        "ISIC_0000001: the file is larger than 1 MB",
        "ISIC_0000002: the file is larger than 1 MB",
        "ISIC_0000003: it has N bytes where the archive says 5",
      ]
    `);
    expect((await readdir(dir)).filter((name) => name.endsWith('.jpg'))).toEqual([]);
    expect(await readdir(join(dir, '.isic-parts'))).toEqual([]);
  });

  it('is distinguished from an archive', async () => {
    server.upset('/api/v2/images/search/', (_, response) => response.end('{"results": 3}'));
    expect(await refusal(bring())).toContain('a page has no results');
    server.upset('/api/v2/images/search/', ...Array.from({ length: 6 }, () => halfPage));
    expect(await refusal(bring())).toContain('the answer is text/html, not JSON, 6 times');
    expect(await refusal(bring({ query: 'nonsense(' }))).toMatchInlineSnapshot(`
      "ISIC archive: the query is not understood: nonsense(
        cure: write it as in: diagnosis_1:"Malignant" AND sex:female AND age_approx:[40 TO 60]"
    `);
    expect(await refusal(bring({}, { base: 'file:///etc' }))).toContain('is no HTTP address');
    expect(await refusal(bring({}, { base: `${server.origin}/no/` }))).toContain('404');
  });

  const halfPage = (_: unknown, response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<html>');
  };

  it('stops when all goes wrong', async () => {
    await bench.stop();
    bench = await DownloadBench.start(15);
    ({ server, dir } = bench);
    for (let i = 0; i < 15; i++) server.files.set(fileAt(i), Buffer.from('{"error": "no"}'));
    expect(await refusal(bring({}, { concurrency: 1 }))).toContain(
      '10 images failed one after the other, ISIC_0000009: it is no image but JSON',
    );
  });
});
