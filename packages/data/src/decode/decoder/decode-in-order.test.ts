import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FoundFile } from '../../find/folder-walk.ts';
import { decodeInOrder, type DecodedChunk, type DecodeInOrderOptions } from './decode-in-order.ts';
import { DecoderPool } from './decoder-pool.ts';

const COUNT = 230;
let dir: string;
let files: FoundFile[];

/** JPEGs and PNGs of one level each, a text among them, and a file known to be unusable. */
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'medgan-decoder-'));
  await mkdir(join(dir, 'a'));
  files = Array.from({ length: COUNT }, (_, i) => ({ name: `a/${i}`, path: join(dir, 'a', `${i}`) }));
  for (const [i, { path }] of files.entries()) {
    const image = sharp({ create: { width: 12, height: 9, channels: 3, background: { r: i, g: i, b: i } } });
    if (i === 50) await writeFile(path, 'hello');
    else await writeFile(path, await (i % 2 ? image.png() : image.jpeg()).toBuffer());
  }
  files[60] = { ...files[60]!, fault: 'known before' };
  files[70] = { ...files[70]!, path: join(dir, 'gone') };
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const options = (changes: Partial<DecodeInOrderOptions> = {}): DecodeInOrderOptions => ({
  format: { size: 4, channels: 3 },
  maxPixels: 1e6,
  workers: 2,
  threadsFrom: 1,
  ...changes,
});

async function collect(chunks: AsyncIterable<DecodedChunk>): Promise<DecodedChunk> {
  const [pixels, hashes]: [Uint8Array[], DecodedChunk['hashes'][]] = [[], []];
  for await (const chunk of chunks) {
    pixels.push(Uint8Array.from(chunk.pixels));
    hashes.push(chunk.hashes);
  }
  return { pixels: Uint8Array.from(Buffer.concat(pixels)), hashes: hashes.flat() };
}

const started: Worker[] = [];
const noteWorker = (worker: Worker): void => void started.push(worker);
beforeAll(() => process.on('worker', noteWorker));
afterAll(() => process.off('worker', noteWorker));

describe('decoding in threads', () => {
  it('gives what decoding here gives, in order, with the faults in their places', async () => {
    const reported: number[] = [];
    const here = await collect(decodeInOrder(files, options({ threadsFrom: Infinity })));
    const there = await collect(decodeInOrder(files, options({ onProgress: (done) => reported.push(done) })));
    expect(there.hashes).toEqual(here.hashes);
    expect(Buffer.compare(there.pixels, here.pixels)).toBe(0);
    expect(there.pixels[100 * 48]).toBe(100);
    const faults = there.hashes.flatMap((hash, i) => ('fault' in hash ? [[i, hash.fault]] : []));
    expect(faults).toEqual([
      [50, expect.stringContaining('by its content')],
      [60, 'known before'],
      [70, 'the file cannot be read (ENOENT)'],
    ]);
    expect(reported.at(-1)).toBe(COUNT);
    expect([...reported].sort((a, b) => a - b)).toEqual(reported);
  });

  it('stops when it is aborted, and leaves no thread behind', async () => {
    started.length = 0;
    const abort = new AbortController();
    const reason = new Error('enough');
    const onProgress = (): void => abort.abort(reason);
    await expect(
      collect(decodeInOrder(files, options({ workers: 1, signal: abort.signal, onProgress }))),
    ).rejects.toBe(reason);
    for await (const { hashes } of decodeInOrder(files, options({ workers: 1 }))) {
      expect(hashes.length).toBe(16);
      break;
    }
    expect(started.map(({ threadId }) => threadId)).toEqual([-1, -1]);
  });

  it('names the files on which a thread ended', async () => {
    const pool = new DecoderPool(1, { format: { size: 2 ** 20, channels: 3 }, maxPixels: 1e6 });
    // No such block of memory can be had: the thread throws outside of any file.
    await expect(pool.decode({ paths: ['a.png', 'b.png'] })).rejects.toThrow(
      /a decoder thread ended while reading a\.png … b\.png: /,
    );
    await expect(pool.decode({ paths: ['c.png'] })).rejects.toThrow('a decoder thread ended');
    await pool.close();
  });
});
