import { clearPackedCache, describePack, listPackedCache, type CacheEntry } from '@medgan/data';
import { messageOf, plural } from '@medgan/files';
import {
  cacheFolder,
  cacheLimit,
  formatAge,
  formatBytes,
  parseAge,
  parseBytes,
  systemClock,
} from '@medgan/runs';

export interface CacheOptions {
  /** Folder of the cache; undefined: where runs keep it. */
  readonly cache?: string;
  readonly json: boolean;
}

export interface ClearCacheOptions extends CacheOptions {
  readonly maxSize?: string;
  readonly olderThan?: string;
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);

async function contentOf(dir: string, { fingerprint }: CacheEntry): Promise<string> {
  try {
    const { count, size, channels } = await describePack(dir, fingerprint);
    return `${plural(count, 'image')}, ${size} px, ${channels === 1 ? 'grey' : 'colour'}`;
  } catch (error) {
    return `cannot be used: ${messageOf(error)}`;
  }
}

/** `medgan data cache ls`: what decoded images are kept, least recently used first. */
export async function listCacheCommand(options: CacheOptions): Promise<number> {
  const folder = cacheFolder(options.cache);
  const limit = cacheLimit();
  const packs = [];
  for (const entry of await listPackedCache(folder))
    packs.push({ ...entry, content: await contentOf(folder, entry) });
  const bytes = packs.reduce((sum, pack) => sum + pack.bytes, 0);
  if (options.json) {
    print(JSON.stringify({ folder, bytes, limit: limit ?? null, packs }, undefined, 2));
    return 0;
  }
  for (const { fingerprint, bytes: size, used, inUse, content } of packs) {
    const age = inUse ? 'in use' : formatAge(systemClock.now() - used);
    print(`${fingerprint.slice(0, 12)}  ${formatBytes(size).padStart(8)}  ${age.padEnd(14)}  ${content}`);
  }
  const bound = limit === undefined ? '' : ` of at most ${formatBytes(limit)}`;
  print(`${plural(packs.length, 'pack')}, ${formatBytes(bytes)}${bound}, in ${folder}`);
  return 0;
}

/** `medgan data cache clear`: removes decoded images; the originals stay where they are. */
export async function clearCacheCommand(options: ClearCacheOptions): Promise<number> {
  const folder = cacheFolder(options.cache);
  const { maxSize, olderThan } = options;
  const { removed, inUse, bytes } = await clearPackedCache(folder, {
    ...(maxSize === undefined ? {} : { maxBytes: parseBytes(maxSize, '--max-size') }),
    ...(olderThan === undefined
      ? {}
      : { usedBefore: systemClock.now() - parseAge(olderThan, '--older-than') }),
  });
  if (options.json) {
    print(JSON.stringify({ folder, bytes, removed, inUse }, undefined, 2));
    return 0;
  }
  print(`freed ${formatBytes(bytes)}: ${plural(removed.length, 'pack')} removed from ${folder}`);
  if (inUse.length > 0)
    print(`${plural(inUse.length, 'pack is', 'packs are')} left, for running trainings read them`);
  return 0;
}
