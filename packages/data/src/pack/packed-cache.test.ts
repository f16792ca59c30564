import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clearPackedCache, describePack, listPackedCache } from './cache-contents.ts';
import { digestOf } from './digest.ts';
import type { PackHeader } from './pack-file.ts';
import { PackedCache } from './packed-cache.ts';
import { UnfinishedPack } from './unfinished-pack.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'medgan-packs-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const silent = (message: string): never => {
  throw new Error(message);
};

const key = (i: number): string => digestOf(['key', `${i}`]);

/** Three packs under a key each; the later the pack, the later it was used. */
async function fill(): Promise<PackHeader[]> {
  const cache = new PackedCache(dir, silent);
  const headers = [1, 2, 3].map((seed): PackHeader => ({
    size: 3,
    channels: 1,
    names: [`${seed}`, 'x'],
    fingerprint: digestOf([`${seed}`]),
  }));
  for (const [i, header] of headers.entries()) {
    const unfinished = await UnfinishedPack.create(dir, header);
    await unfinished.append(Uint8Array.from({ length: 18 }, (_, k) => k * i));
    await utimes(await unfinished.finish(header), 1000, 1000);
    await cache.point([key(i)], { fingerprint: header.fingerprint, skipped: [] });
    await utimes(join(dir, `${key(i)}.key.json`), 2000 + i, 2000 + i);
  }
  return headers;
}

const prints = (entries: readonly { fingerprint: string }[]): string[] =>
  entries.map(({ fingerprint }) => fingerprint);

it('keeps the borders of digested parts', () => {
  expect(digestOf(['ab', 'c'])).not.toBe(digestOf(['a', 'bc']));
  expect(digestOf(['é'])).not.toBe(digestOf(['e']));
});

describe('listing', () => {
  it('names the packs, least recently used first', async () => {
    const headers = await fill();
    const entries = await listPackedCache(dir);
    expect(prints(entries)).toEqual(prints(headers));
    expect(entries[0]).toMatchObject({ used: 2_000_000, inUse: false });
    expect(entries.every(({ bytes }) => bytes > 18)).toBe(true);
    expect(await describePack(dir, headers[0]!.fingerprint)).toEqual({ count: 2, size: 3, channels: 1 });
    expect(await listPackedCache(join(dir, 'nowhere'))).toEqual([]);
  });

  it('counts opening as use', async () => {
    const headers = await fill();
    await new PackedCache(dir, silent).find(key(0));
    expect(prints(await listPackedCache(dir)).at(-1)).toBe(headers[0]!.fingerprint);
  });
});

describe('clearing', () => {
  it('removes the least recently used down to the bound, and the keys to them', async () => {
    const headers = await fill();
    const { bytes } = (await listPackedCache(dir))[0]!;
    const cleared = await clearPackedCache(dir, { maxBytes: bytes * 2 });
    expect(cleared).toMatchObject({ bytes, inUse: [], removed: [{ fingerprint: headers[0]!.fingerprint }] });
    expect(prints(await listPackedCache(dir))).toEqual(prints(headers.slice(1)));
    const cache = new PackedCache(dir, silent);
    expect(await cache.find(key(0))).toBeUndefined();
    expect((await cache.find(key(1)))?.pack.names).toEqual(headers[1]!.names);
    expect((await readdir(dir)).length).toBe(4);
  });

  it('removes what was not used since a time, and leaves the pack that is to be kept', async () => {
    const headers = await fill();
    await clearPackedCache(dir, { usedBefore: 2_002_000, keep: headers[1]!.fingerprint });
    expect(prints(await listPackedCache(dir))).toEqual(prints(headers.slice(1)));
  });

  it('leaves a pack that is being read, and takes it when it no longer is', async () => {
    const headers = await fill();
    const found = await new PackedCache(dir, silent).find(key(1), 0);
    expect(prints((await listPackedCache(dir)).filter(({ inUse }) => inUse))).toEqual([
      headers[1]!.fingerprint,
    ]);
    const cleared = await clearPackedCache(dir);
    expect([cleared.removed.length, prints(cleared.inUse)]).toEqual([2, [headers[1]!.fingerprint]]);
    expect(await found!.pack.read([1])).toHaveLength(9);
    await found!.pack.close();
    expect((await clearPackedCache(dir)).removed).toHaveLength(1);
    expect(await readdir(dir)).toEqual([]);
  });

  it('does not heed the note of a process that is gone', async () => {
    const headers = await fill();
    const note = `${headers[0]!.fingerprint}.pack.123e4567-e89b-12d3-a456-426614174000.use`;
    await writeFile(join(dir, note), JSON.stringify({ pid: 2 ** 30, host: hostname() }));
    expect((await clearPackedCache(dir)).inUse).toEqual([]);
    expect(await readdir(dir)).toEqual([]);
  });

  it('removes remains of broken writes, not what is being written, and nothing that is not its own', async () => {
    await fill();
    const mine = ['notes.json', 'thesis.pack'];
    for (const name of mine) await writeFile(join(dir, name), 'mine');
    const broken = 'building-123e4567-e89b-12d3-a456-426614174000.pack.tmp';
    await writeFile(join(dir, broken), 'half');
    const unfinished = await UnfinishedPack.create(dir, { size: 3, channels: 1 });
    await clearPackedCache(dir);
    const left = (await readdir(dir)).filter((name) => !mine.includes(name));
    expect(left.filter((name) => name.endsWith('.tmp'))).toHaveLength(1);
    expect(left).not.toContain(broken);
    await unfinished.discard();
    expect((await readdir(dir)).sort()).toEqual(mine);
  });
});
