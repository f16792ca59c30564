import { open, stat } from 'node:fs/promises';
import { isAbsent, MedganError } from '@medgan/files';

/** A kind of file that a command writes, and how one is known by its first bytes. */
export interface OutputKind {
  /** With an article: `a safetensors file`. */
  readonly name: string;
  /** Whether a file that starts with these bytes, 4096 at most, is of this kind. */
  readonly isOne: (start: Buffer) => boolean;
}

export const SAFETENSORS: OutputKind = {
  name: 'a safetensors file',
  // Eight bytes with the length of the header, then the header, which is JSON.
  isOne: (start) => start.length > 8 && start[8] === 0x7b,
};

export const ONNX: OutputKind = {
  name: 'an ONNX model',
  // Field 1 of the model, its version, is a number.
  isOne: (start) => start[0] === 0x08,
};

const START_BYTES = 4096;

async function startOf(path: string): Promise<Buffer | undefined> {
  try {
    if (!(await stat(path)).isFile()) return Buffer.alloc(0);
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(START_BYTES), 0, START_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/**
 * Refuses to write over a file: over any without `force`, and with it over one of another kind, which no command of this
 * kind has written. @throws MedganError
 */
export async function guardOutput(out: string, { name, isOne }: OutputKind, force: boolean): Promise<void> {
  const start = await startOf(out);
  if (start === undefined) return;
  const isOurs = isOne(start);
  if (isOurs && force) return;
  throw isOurs
    ? new MedganError(`${out} is there already`, { cure: 'choose another --out, or replace it: --force' })
    : new MedganError(`${out} is there already, and is not ${name}`, { cure: 'choose another --out' });
}
