import { MedganError } from '@medgan/plugin-api';

/** Which file of an image: as it was uploaded, or at most 256 pixels per side. */
export type ImageSize = 'full' | 'thumbnail';

interface RemoteFile {
  readonly url: string;
  /** What the archive says it has; 0 where it does not say. */
  readonly bytes: number;
}

/** An image of the archive, checked. */
export interface ArchiveImage {
  readonly id: string;
  /** `CC-0`, `CC-BY`, `CC-BY-NC`. */
  readonly licence: string;
  readonly attribution: string;
  readonly files: Readonly<Record<ImageSize, RemoteFile>>;
  /** Clinical and acquisition data in one: text, numbers and yes or no. */
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
}

/** One page of a search. */
export interface ArchivePage {
  readonly images: readonly ArchiveImage[];
  /** All matching images; the archive counts them on the first page only. */
  readonly total: number | undefined;
  readonly next: string | undefined;
}

/** An id becomes a file name, so nothing else passes. */
const ID = /^ISIC_\d{7}$/;
const CURE = 'the archive answers in a form this version does not know; look for a newer medgan';

function refuse(what: string): never {
  throw new MedganError(`ISIC archive: ${what}`, { cure: CURE });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fileOf(value: unknown, id: string): RemoteFile {
  if (!isRecord(value) || typeof value['url'] !== 'string') refuse(`${id} has no address of its file`);
  const bytes = value['size'];
  return { url: value['url'], bytes: typeof bytes === 'number' && bytes > 0 ? bytes : 0 };
}

/** The sections of the metadata in one; what is no plain value is left out. */
function flat(metadata: unknown): ArchiveImage['metadata'] {
  if (!isRecord(metadata)) return {};
  const out: Record<string, string | number | boolean> = {};
  for (const section of [metadata['acquisition'], metadata['clinical']]) {
    if (!isRecord(section)) continue;
    for (const [key, value] of Object.entries(section)) {
      if (/^\w{1,64}$/.test(key) && ['string', 'number', 'boolean'].includes(typeof value)) {
        out[key] = value as string | number | boolean;
      }
    }
  }
  return out;
}

const text = (value: unknown, fallback: string): string =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : fallback;

/** Checks an image as `/images/{id}/` gives it. @throws MedganError when it has no proper id or no files. */
export function parseImage(value: unknown): ArchiveImage {
  if (!isRecord(value)) refuse('an image is no object');
  const id = value['isic_id'];
  if (typeof id !== 'string' || !ID.test(id)) refuse(`${JSON.stringify(id)} is no id of an image`);
  const files = value['files'];
  if (!isRecord(files)) refuse(`${id} has no files`);
  return {
    id,
    licence: text(value['copyright_license'], 'unknown'),
    attribution: text(value['attribution'], 'unknown'),
    files: { full: fileOf(files['full'], id), thumbnail: fileOf(files['thumbnail_256'], id) },
    metadata: flat(value['metadata']),
  };
}

/** Checks a page as `/images/search/` gives it. @throws MedganError when it is none. */
export function parsePage(value: unknown): ArchivePage {
  if (!isRecord(value) || !Array.isArray(value['results'])) refuse('a page has no results');
  const { results, count, next } = value;
  return {
    images: results.map(parseImage),
    total: typeof count === 'number' ? count : undefined,
    next: typeof next === 'string' ? next : undefined,
  };
}
