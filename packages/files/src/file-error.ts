import { MedganError, messageOf } from './errors.ts';

/** The system's code of an error, such as `ENOENT`; undefined when it has none. */
export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** Whether the error says that a file or folder does not exist. */
export const isAbsent = (error: unknown): boolean => codeOf(error) === 'ENOENT';

const CURES: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: free some space or write elsewhere',
  EDQUOT: 'the disk quota is used up: free some space or write elsewhere',
  EROFS: 'the file system is read-only: write elsewhere',
  EACCES: 'check the permissions of the file and its folder',
  EPERM: 'check the permissions of the file and its folder',
  EMFILE: 'raise the limit of open files: ulimit -n 4096',
  ECONNREFUSED: 'check the address, and that the server runs',
  ENOTFOUND: 'check the address',
  ENOENT: 'check the path; the folder must exist',
  EEXIST: 'check the path; a part of it is a file, not a folder',
  EISDIR: 'name a file, not a folder',
  ENOTDIR: 'check the path; a part of it is a file, not a folder',
};

/** What a user can do about a fault of the file system. */
export const cureOfCode = (code: string | undefined): string =>
  (code === undefined ? undefined : CURES[code]) ?? 'check the disk and the path';

/** An error of the file system as one that a user can act on: `what (CODE)`, with the cure. The original is its `cause`. */
export function fileError(what: string, cause: unknown): MedganError {
  const code = codeOf(cause);
  return new MedganError(`${what} (${code ?? messageOf(cause)})`, { cure: cureOfCode(code), cause });
}
