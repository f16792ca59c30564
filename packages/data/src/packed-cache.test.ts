import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clearPackedCache, describePack, digestOf, listPackedCache, PackedCache } from './packed-cache.ts';
import { readPackedFile, writePackedFile, type Pack } from './packed-file.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'medgan-packs-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

function pack(seed: number, count = 2): Pack {
  return {
    size: 3,
    channels: 1,
    names: Array.from({ length: count }, (_, i) => `a/${seed}-${i}.png`),
    pixels: Uint8Array.from({ length: count * 9 }, (_, i) => i * seed),
    fingerprint: digestOf([`${seed}`]),
  };
}

const silent = (message: string): never => {
  throw new Error(message);
};

/** Three packs of which the first is the oldest, each under a key of its own. */
async function fill(): Promise<Pack[]> {
  const cache = new PackedCache(dir, silent);
  const packs = [pack(1), pack(2), pack(3)];
  for (const [i, made] of packs.entries()) {
    await cache.save([digestOf(['key', `${i}`])], { pack: made, skipped: [] });
    await utimes(join(dir, `${made.fingerprint}.pack`), 1000 + i, 1000 + i);
  }
  return packs;
}

it('reads back whatever names and pixels it wrote', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 5 }), async (names) => {
      const written = { ...pack(5, names.length), names };
      const path = join(dir, 'one.pack');
      await writePackedFile(path, written);
      expect(await readPackedFile(path)).toEqual(written);
    }),
    { numRuns: 20 },
  );
});

it('notices any byte that changed', async () => {
  const path = join(dir, 'one.pack');
  await writePackedFile(path, pack(5));
  const whole = await readFile(path);
  for (let at = 0; at < whole.length; at++) {
    const damaged = Buffer.from(whole);
    damaged[at]! ^= 0x10;
    await writeFile(path, damaged);
    await expect(readPackedFile(path), `byte ${at}`).rejects.toThrow();
  }
});

it('keeps the borders of digested parts', () => {
  expect(digestOf(['ab', 'c'])).not.toBe(digestOf(['a', 'bc']));
  expect(digestOf(['é'])).not.toBe(digestOf(['e']));
});

describe('list and clear', () => {
  it('lists the packs, oldest first', async () => {
    const packs = await fill();
    const entries = await listPackedCache(dir);
    expect(entries.map((entry) => entry.fingerprint)).toEqual(packs.map((made) => made.fingerprint));
    expect(entries[0]!.written).toBe(1_000_000);
    expect(entries.every((entry) => entry.bytes > 18)).toBe(true);
    expect(await describePack(dir, packs[0]!.fingerprint)).toEqual({ count: 2, size: 3, channels: 1 });
    expect(await listPackedCache(join(dir, 'nowhere'))).toEqual([]);
  });

  it('removes the oldest down to the bound, and the keys to them', async () => {
    const packs = await fill();
    const bytes = (await listPackedCache(dir))[0]!.bytes;
    expect(await clearPackedCache(dir, bytes * 2)).toBe(bytes);
    expect((await listPackedCache(dir)).map((entry) => entry.fingerprint)).toEqual(
      packs.slice(1).map((made) => made.fingerprint),
    );
    const cache = new PackedCache(dir, silent);
    expect(await cache.find(digestOf(['key', '0']))).toBeUndefined();
    expect((await cache.find(digestOf(['key', '1'])))?.pack).toEqual(packs[1]);
    expect((await readdir(dir)).length).toBe(4);
  });

  it('removes all, remains of broken writes too, and nothing that is not its own', async () => {
    await fill();
    await writeFile(join(dir, `${digestOf(['x'])}.pack.123e4567-e89b-12d3-a456-426614174000.tmp`), 'half');
    await writeFile(join(dir, 'thesis.pack'), 'mine');
    await writeFile(join(dir, 'notes.json'), '{}');
    await clearPackedCache(dir);
    expect((await readdir(dir)).sort()).toEqual(['notes.json', 'thesis.pack']);
    expect(await new PackedCache(dir, silent).isEmpty()).toBe(true);
  });
});
