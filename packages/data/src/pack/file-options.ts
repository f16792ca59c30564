import { defined } from '@medgan/files';
import { MedganError } from '@medgan/plugin-api';
import { WINDOW_SCHEMA, type Window } from '../decode/formats/window.ts';
import type { OpenOptions } from './open-files.ts';

/** Options of every dataset that reads files of a folder. */
export interface FileOptions {
  /** `error`: one error names all files that cannot be read; `skip`: they are left out and counted. */
  readonly unreadable?: 'error' | 'skip';
  /** Images of more megapixels (10⁶) are not decoded but count as unreadable. */
  readonly max_megapixels?: number;
  /** Follow symbolic links that lead out of the folder. */
  readonly outside_links?: boolean;
  /** How more than 8 bits become 8; default `auto`. */
  readonly window?: Window;
}

/** File options, their defaults filled in. */
export type FileSettings = Required<Omit<FileOptions, 'window'>> & Pick<FileOptions, 'window'>;

export const UNREADABLE_SCHEMA = {
  enum: ['error', 'skip'],
  default: 'error',
  description: 'error: one error names all files that cannot be read; skip: leave them out and count them',
} as const;

/** JSON Schema of each of `FileOptions`. */
export const FILE_SCHEMAS = {
  unreadable: UNREADABLE_SCHEMA,
  max_megapixels: {
    type: 'number',
    exclusiveMinimum: 0,
    maximum: 10_000,
    default: 100,
    description: 'larger images are refused before they are decoded (millions of pixels)',
  },
  outside_links: {
    type: 'boolean',
    default: false,
    description: 'follow symbolic links that lead out of the folder',
  },
  window: WINDOW_SCHEMA,
} as const;

/** The options as `openFiles` takes them. */
export function openOptions(who: string, settings: FileSettings): OpenOptions {
  const { unreadable, max_megapixels: megapixels, window } = settings;
  return {
    who,
    unreadable,
    maxPixels: Math.trunc(megapixels * 1e6),
    ...defined({ window }),
  };
}

/** The folder that the user named under `path`. @throws MedganError when there is none; `who` names the dataset. */
export function namedFolder(who: string, path: string | undefined): string {
  if (path === undefined || path === '')
    throw new MedganError(`${who} was given no folder`, { cure: 'set path to the folder of images' });
  return path;
}
