import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { MedganError } from '@medgan/files';
import { nearest } from '@medgan/plugin-api';

const FOLDER = 'experiments';

/** The nearest folder `experiments` from `from` upwards (default: the working directory); undefined without one. */
export function experimentsFolder(from: string = process.cwd()): string | undefined {
  for (let at = resolve(from); ; at = dirname(at)) {
    const folder = join(at, FOLDER);
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return folder;
    if (dirname(at) === at) return undefined;
  }
}

/**
 * The experiment files of the nearest folder `experiments`, in the order of their names; fragments, which lie in
 * folders below, are none. Paths are relative to `from`.
 * @throws MedganError when there is no such folder, or no file in it.
 */
export function experimentFiles(from: string = process.cwd()): string[] {
  const folder = experimentsFolder(from);
  const names = folder === undefined ? [] : namesIn(folder);
  if (names.length > 0) return names.map((name) => relative(from, join(folder!, `${name}.yaml`)));
  throw new MedganError(
    folder === undefined
      ? `there is no folder ${FOLDER} here or above`
      : `${folder} holds no experiment (.yaml)`,
    { cure: 'run the command in a folder that has one, or name an experiment file' },
  );
}

/**
 * The file of an experiment: a bare name, such as `batch-size-sweep`, is looked up in the nearest folder `experiments`;
 * anything with a folder or an ending is a path, and is given back as it is.
 * @throws MedganError for an unknown name, with the nearest known one.
 */
export function findExperiment(nameOrFile: string, from: string = process.cwd()): string {
  if (basename(nameOrFile) !== nameOrFile || extname(nameOrFile) !== '') return nameOrFile;
  const files = experimentFiles(from);
  const known = files.map((file) => basename(file, '.yaml'));
  const index = known.indexOf(nameOrFile);
  if (index >= 0) return files[index]!;
  const guess = nearest(nameOrFile, known);
  throw new MedganError(
    `there is no experiment ${JSON.stringify(nameOrFile)}; there are: ${known.join(', ')}`,
    {
      cure:
        guess === undefined
          ? `name one of them, or write ${FOLDER}/${nameOrFile}.yaml`
          : `did you mean ${guess}?`,
    },
  );
}

const namesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && extname(entry.name) === '.yaml')
    .map((entry) => basename(entry.name, '.yaml'))
    .sort();
