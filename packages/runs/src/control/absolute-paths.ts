import { existsSync, realpathSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { expandHome } from '@medgan/files';
import type { Plugins } from '@medgan/plugin-api';
import { datasetName } from './dataset-name.ts';

/** The keys of a control file that name inputs, checked or not. */
export interface InputKeys {
  readonly path?: unknown;
  readonly dataset?: unknown;
  readonly dataset_options?: unknown;
  readonly splits?: unknown;
  readonly cache?: unknown;
}

/** Where the relative paths of a control file begin. */
export interface PathOrigin {
  /** Folder of the file that a key is written in. */
  readonly folderOf: (key: string) => string;
  /** Keys that the command line gave: their paths begin at the working folder. */
  readonly given?: readonly string[];
  /** Options of the dataset that are paths of files. */
  readonly fileOptions?: readonly string[];
}

/** Keys of a control file with absolute paths, and what the user should know of them. */
export interface AbsolutePaths<Keys> {
  readonly control: Keys;
  /** One line per path that means two places. */
  readonly notes: readonly string[];
}

/** `~` replaced; undefined for a path that is refused where the control file is checked. */
function expanded(path: string): string | undefined {
  try {
    return expandHome(path);
  } catch {
    return undefined;
  }
}

const absoluteOutput = (path: string): string => {
  const whole = expanded(path);
  return whole === undefined ? path : resolve(whole);
};

/**
 * The control file with its inputs (`path`, `splits`, files of the dataset) as absolute paths, so that a run finds them
 * from any working folder. A relative one begins at the folder of the control file; where nothing is there, at the working
 * folder, as in 0.1.0. A file of the dataset that lies in the folder of images stays relative to it.
 */
export function absolutePaths<Keys extends InputKeys>(
  control: Keys,
  { folderOf, given = [], fileOptions = [] }: PathOrigin,
): AbsolutePaths<Keys> {
  const notes: string[] = [];
  const locate = (key: string, written: string): string => {
    const path = expanded(written);
    if (path === undefined || isAbsolute(path)) return path ?? written;
    const [beside, here] = [resolve(folderOf(key.split('.')[0]!), path), resolve(path)];
    const order = given.some((each) => each === key || key.startsWith(`${each}.`))
      ? [here, beside]
      : [beside, here];
    const [first, second] = order.filter((place) => existsSync(place));
    if (first !== undefined && second !== undefined && realpathSync(first) !== realpathSync(second)) {
      notes.push(`${key}: ${written} is taken as ${first}, not as ${second}, which exists too`);
    }
    return first ?? order[0]!;
  };
  const { path, splits, cache, dataset_options: options } = control;
  const images = typeof path === 'string' ? locate('path', path) : undefined;
  const files = Object.fromEntries(
    fileOptions.flatMap((name) => {
      const file = (options as Readonly<Record<string, unknown>> | undefined)?.[name];
      if (typeof file !== 'string' || (images !== undefined && existsSync(join(images, file)))) return [];
      return [[name, locate(`dataset_options.${name}`, file)]];
    }),
  );
  return {
    control: {
      ...control,
      ...(images === undefined ? {} : { path: images }),
      ...(typeof splits === 'string' ? { splits: locate('splits', splits) } : {}),
      // An output: it begins at the working folder, as `out` does.
      ...(typeof cache === 'string' && cache !== '' ? { cache: absoluteOutput(cache) } : {}),
      ...(Object.keys(files).length === 0 ? {} : { dataset_options: { ...(options as object), ...files } }),
    },
    notes,
  };
}

/** Options of the dataset of a control file that are paths of files; none where the dataset is unknown. */
export function fileOptionsOf(control: InputKeys, { datasets }: Plugins): readonly string[] {
  const name = datasetName(control);
  return datasets.has(name) ? (datasets.get(name).fileOptions ?? []) : [];
}
