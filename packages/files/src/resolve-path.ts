import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { MedganError } from './errors.ts';

/**
 * A path that a user wrote in a file, where no shell has read it: `~` and `~/…` become the home folder, any other path
 * stays as it is.
 * @throws MedganError for `~name/…` and `$NAME/…`, which a shell would replace: no folder of that name is ever made.
 */
export function expandHome(path: string): string {
  if (path === '~' || /^~[/\\]/.test(path)) return join(homedir(), path.slice(1));
  const shellWord = /^(~[^/\\]*|\$\w+|\$\{\w+\}|%\w+%)(?=[/\\]|$)/.exec(path)?.[0];
  if (shellWord === undefined) return path;
  throw new MedganError(`the path ${path} begins with ${shellWord}, which only a shell replaces`, {
    cure: `write the whole path, or ~/… for your home folder; write ./${path} if a folder has this name`,
  });
}

/** `expandHome` as an absolute path; a relative one begins at `from`, by default the working folder. */
export const resolvePath = (path: string, from = '.'): string => resolve(from, expandHome(path));
