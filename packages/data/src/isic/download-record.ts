import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { readJson, writeFileAtomically } from '@medgan/files';
import type { ImageSize } from './archive-types.ts';
import type { ManifestEntry } from './manifest-entry.ts';
import type { Manifest } from './manifest.ts';

/** What is wanted of the archive. */
export interface DownloadRequest {
  readonly query: string;
  readonly collections: readonly number[];
  /** The first so many, oldest first; undefined = all. */
  readonly count?: number;
  readonly size: ImageSize;
  /** Field of the metadata whose values become the folders: `diagnosis_1`. */
  readonly classBy?: string;
  /** Licences that will do; empty = any. */
  readonly licences: readonly string[];
  /** A part of the attribution, in upper or lower case; undefined = any. */
  readonly attribution?: string;
}

const NAME = 'downloads.json';

interface Recorded {
  readonly request: DownloadRequest;
  readonly ids: readonly string[];
}

type DownloadRecord = Readonly<Record<string, Recorded>>;

/** Equal for equal requests. */
export function requestKey(request: DownloadRequest): string {
  const { query, collections, count, size, classBy, attribution } = request;
  const licences = [...request.licences].sort();
  const text = JSON.stringify([query, collections, count, size, classBy, licences, attribution]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

async function readRecord(dir: string): Promise<DownloadRecord> {
  const cure = 'remove it: images that are here are kept, and the archive is asked for the list again';
  return (await readJson<DownloadRecord>(join(dir, NAME), { cure })) ?? {};
}

/** Notes which images a request led to, once they are all here. */
export async function recordComplete(dir: string, recorded: Recorded): Promise<void> {
  const record = { ...(await readRecord(dir)), [requestKey(recorded.request)]: recorded };
  await writeFileAtomically(join(dir, NAME), `${JSON.stringify(record, undefined, 2)}\n`);
}

/** The images of a request that was completed here, undefined when it was not or a file is gone. Asks no server. */
export async function completeImages(
  manifest: Manifest,
  request: DownloadRequest,
  { verify = false } = {},
): Promise<readonly ManifestEntry[] | undefined> {
  const ids = (await readRecord(manifest.dir))[requestKey(request)]?.ids;
  if (ids === undefined) return undefined;
  const entries: ManifestEntry[] = [];
  for (const id of ids) {
    const entry = manifest.get(id);
    if (!entry || !(await manifest.holds(entry, { verify }))) return undefined;
    entries.push(entry);
  }
  return entries;
}
