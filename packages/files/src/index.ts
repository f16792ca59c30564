/**
 * The ground floor: files that are whole after a power cut, locks between processes, and errors with their cure.
 *
 * @module @medgan/files
 */

export { AppendLog } from './append-log.ts';
export { decodeText, type DecodedText } from './decode-text.ts';
export { defined } from './defined.ts';
export { MedganError, messageOf, UsageError, withCure } from './errors.ts';
export { fileError, isAbsent } from './file-error.ts';
export { FOREIGN_HEAD_BYTES, foreignFile, type ForeignFile } from './foreign-file.ts';
export { foreignFiles, someOf, unfinishedFiles, type OwnFiles } from './foreign-files.ts';
export { lease, leasedIn } from './lease.ts';
export { lockHolder, takeLock, thisProcess, type HeldLock, type LockHolder } from './lock.ts';
export { callerOutside, parseFrame, type StackFrame } from './stack-frame.ts';
export { plural } from './plural.ts';
export { listFolder, readJson, readText } from './read.ts';
export { expandHome, resolvePath } from './resolve-path.ts';
export { systemError } from './system-error.ts';
export { replaceFolder } from './replace-folder.ts';
export {
  finishedName,
  makeFolder,
  putInPlace,
  UNFINISHED,
  writeFileAtomically,
  type Content,
  type WriteOptions,
} from './write-file.ts';
