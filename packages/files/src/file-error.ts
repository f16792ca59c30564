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
  ENOENT: 'check the path; the folder must exist',
  EEXIST: 'check the path; a part of it is a file, not a folder',
  EISDIR: 'name a file, not a folder',
  ENOTDIR: 'check the path; a part of it is a file, not a folder',
};

/** An error of the file system as one that a user can act on: `what (CODE)`, with the cure. The original is its `cause`. */
export function fileError(what: string, cause: unknown): MedganError {
  const code = codeOf(cause);
  const cure = (code === undefined ? undefined : CURES[code]) ?? 'check the disk and the path';
  return new MedganError(`${what} (${code ?? messageOf(cause)})`, { cure, cause });
}
