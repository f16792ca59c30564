import { MedganError } from './errors.ts';
import { codeOf, cureOfCode } from './file-error.ts';

/** What a system call was to do with the file that its error names. */
const DONE: Readonly<Record<string, string>> = {
  open: 'opened',
  read: 'read',
  write: 'written',
  close: 'closed',
  mkdir: 'made',
  mkdtemp: 'made',
  scandir: 'listed',
  opendir: 'listed',
  readdir: 'listed',
  stat: 'found',
  lstat: 'found',
  access: 'found',
  realpath: 'found',
  readlink: 'read',
  unlink: 'removed',
  rmdir: 'removed',
  rm: 'removed',
  rename: 'renamed',
  link: 'linked',
  symlink: 'linked',
  copyfile: 'copied',
  cp: 'copied',
  ftruncate: 'cut',
  fsync: 'written to the disk',
  chmod: 'given other permissions',
  utime: 'given another time',
};

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'the system does not permit it',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'it exists already',
  ENOTEMPTY: 'the folder is not empty',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open on this machine',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its links lead in a circle',
  EBUSY: 'another program uses it',
  EIO: 'the disk reports an error',
  ESTALE: 'the network disk has lost it',
  EFBIG: 'it would be larger than the file system allows',
  EXDEV: 'the two places are on different disks',
  EINVAL: 'the system does not accept it',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the other side closed the connection',
  ETIMEDOUT: 'there was no answer in time',
  ENOTFOUND: 'the name is not known',
  EADDRINUSE: 'another program listens there already',
};

/** What Node.js adds to an error of the system. */
interface SystemFields {
  readonly syscall?: unknown;
  readonly path?: unknown;
  readonly dest?: unknown;
  readonly address?: unknown;
  readonly hostname?: unknown;
  readonly port?: unknown;
}

/** The sentence without its reason: `runs/x cannot be opened`. */
function failureOf({ syscall, path, dest, address, hostname, port }: SystemFields): string {
  const call = typeof syscall === 'string' ? syscall : '';
  const host = address ?? hostname;
  if (typeof host === 'string') {
    const place = typeof port === 'number' ? `${host}:${port}` : host;
    return `${place} cannot be ${call === 'listen' ? 'listened at' : 'reached'}`;
  }
  const file = typeof path === 'string' ? path : 'a file';
  if (call.startsWith('spawn')) return `the program ${file} cannot be started`;
  const done = DONE[call] ?? (call === '' ? 'used' : `used (${call})`);
  return typeof dest === 'string' ? `${file} cannot be ${done} to ${dest}` : `${file} cannot be ${done}`;
}

/**
 * An error that Node.js passes on from the operating system as one that a user can act on; undefined for any other error.
 * For the top level of a program: whoever knows what the file is for says more with `fileError`.
 */
export function systemError(error: unknown): MedganError | undefined {
  const code = codeOf(error);
  if (code === undefined || !(error instanceof Error)) return undefined;
  if (code.startsWith('ERR_FS_')) return new MedganError(`${error.message} (${code})`, { cause: error });
  const fields = error as SystemFields;
  if (!/^E[A-Z0-9]+$/.test(code) || fields.syscall === undefined) return undefined;
  const reason = REASONS[code] === undefined ? code : `${REASONS[code]} (${code})`;
  return new MedganError(`${failureOf(fields)}: ${reason}`, { cure: cureOfCode(code), cause: error });
}
