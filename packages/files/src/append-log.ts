import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileError } from './file-error.ts';
import { makeFolder, syncFolder } from './write-file.ts';

/**
 * A file that only grows. Its length is known here and not asked of the disk: what a failed write has left behind is
 * cut off by the next one. One process at a time may write to it.
 */
export class AppendLog {
  readonly path: string;
  #length: number;

  private constructor(path: string, length: number) {
    this.path = path;
    this.#length = length;
  }

  /**
   * Opens the file to go on after its first `length` bytes, and cuts it off there in one system call: a kill leaves it
   * as it was or cut, and never shorter. Makes the file and its folder where they are missing.
   * @throws MedganError when the file is shorter than that, or the disk refuses.
   */
  static async open(path: string, length = 0): Promise<AppendLog> {
    try {
      await makeFolder(dirname(path), true);
      const handle = await open(path, 'a');
      try {
        const { size } = await handle.stat();
        if (size < length) throw new RangeError(`it has ${size} bytes, and ${length} are needed`);
        if (size > length) await handle.truncate(length);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await syncFolder(dirname(path));
    } catch (cause) {
      throw fileError(`${path} cannot be opened`, cause);
    }
    return new AppendLog(path, length);
  }

  /** Bytes that are written. */
  get length(): number {
    return this.#length;
  }

  /**
   * Writes after all that is written. With `durable`, returns when this and all before it is on the disk.
   * @throws MedganError when the disk refuses; nothing counts as written then.
   */
  async append(text: string, { durable = false }: { readonly durable?: boolean } = {}): Promise<void> {
    const bytes = Buffer.from(text);
    try {
      const handle = await open(this.path, 'r+');
      try {
        if ((await handle.stat()).size > this.#length) await handle.truncate(this.#length);
        for (let done = 0; done < bytes.length;) {
          const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, this.#length + done);
          done += bytesWritten;
        }
        if (durable) await handle.sync();
      } finally {
        await handle.close();
      }
    } catch (cause) {
      throw fileError(`${this.path} cannot be written`, cause);
    }
    this.#length += bytes.length;
  }
}
