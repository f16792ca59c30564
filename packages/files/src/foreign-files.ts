import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isAbsent } from './file-error.ts';
import { finishedName } from './write-file.ts';

/** What a program has written into a folder: files and folders by name; a folder may say what is in it. */
export type OwnFiles = (name: string) => boolean | OwnFiles;

/**
 * The files below a folder that are not `own`, by their paths in it, sorted. Half-written files count as what they would
 * have become. This is the one rule of what may be removed: only a folder without foreign files may be emptied.
 */
export function foreignFiles(folder: string, own: OwnFiles, at = ''): string[] {
  const found: string[] = [];
  for (const name of namesIn(folder).sort()) {
    const path = at === '' ? name : `${at}/${name}`;
    const whose = own(finishedName(name));
    if (whose === true) continue;
    if (typeof whose === 'function' && statSync(join(folder, name)).isDirectory()) {
      found.push(...foreignFiles(join(folder, name), whose, path));
    } else found.push(path);
  }
  return found;
}

/**
 * The half-written files and folders of a program below a folder, by their paths in it, sorted: what a process that was
 * killed has left of the files that are `own`.
 */
export function unfinishedFiles(folder: string, own: OwnFiles, at = ''): string[] {
  return namesIn(folder)
    .sort()
    .flatMap((name) => {
      const path = at === '' ? name : `${at}/${name}`;
      const whose = own(finishedName(name));
      if (whose === false) return [];
      if (whose === true && finishedName(name) !== name) return [path];
      if (!statSync(join(folder, name)).isDirectory()) return [];
      return unfinishedFiles(join(folder, name), whose === true ? () => true : whose, path);
    });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

const MOST_NAMED = 3;

/** `a.png, b.png, c.png and 9 more`. */
export function someOf(names: readonly string[]): string {
  const rest = names.length - MOST_NAMED;
  return names.slice(0, MOST_NAMED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
