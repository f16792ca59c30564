import { randomUUID } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { lease, makeFolder, putInPlace } from '@medgan/files';
import { PackWriter, type PackHeader } from './pack-file.ts';

/** A pack that is being written, under a name of its own until it is whole. It ends by `finish` or `discard`. */
export class UnfinishedPack {
  readonly #dir: string;
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #writer: PackWriter;
  readonly #release: () => Promise<void>;

  private constructor(
    dir: string,
    opened: { path: string; file: FileHandle; release: () => Promise<void> },
    format: Pick<PackHeader, 'size' | 'channels'>,
  ) {
    this.#dir = dir;
    this.#path = opened.path;
    this.#file = opened.file;
    this.#release = opened.release;
    this.#writer = new PackWriter(opened.file, format);
  }

  /** Begins a pack in `dir`, which is made where it is missing. */
  static async create(dir: string, format: Pick<PackHeader, 'size' | 'channels'>): Promise<UnfinishedPack> {
    await makeFolder(dir);
    const path = join(dir, `building-${randomUUID()}.pack.tmp`);
    const release = await lease(path);
    try {
      return new UnfinishedPack(dir, { path, file: await open(path, 'wx'), release }, format);
    } catch (error) {
      await release();
      throw error;
    }
  }

  /** Adds images: uint8, NHWC. */
  append(pixels: Uint8Array): Promise<void> {
    return this.#writer.append(pixels);
  }

  /** Writes the rest and gives the file its name, `<fingerprint>.pack`; returns its path. */
  async finish(header: PackHeader): Promise<string> {
    const path = join(this.#dir, `${header.fingerprint}.pack`);
    try {
      await this.#writer.finish(header);
      await this.#file.close();
      // Readers compare its bytes with its fingerprint, so it need not survive a power cut.
      await putInPlace(this.#path, path, { durable: false });
    } catch (error) {
      await this.discard();
      throw error;
    }
    await this.#release();
    return path;
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    await this.#file.close().catch(() => undefined);
    await rm(this.#path, { force: true });
    await this.#release();
  }
}
