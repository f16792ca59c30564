import { createReadStream } from 'node:fs';
import { access, constants, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFileAtomically } from './atomic-file.ts';
import { MlflowError, quote } from './errors.ts';
import { isLoopback } from './proxies.ts';

/** Artifacts of a server that hands out paths: written straight to the disk that both share. */
export class FolderArtifacts {
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
  }

  /**
   * @param root the run's artifact folder; it need not be there yet
   * @param base the tracking server's address
   * @throws MlflowError where nothing shows that this machine and the server share that folder: a path made up here
   * would take the files, and the server would never see them.
   */
  static async open(root: string, base: string): Promise<FolderArtifacts> {
    if (
      !isLoopback(new URL(base).hostname) &&
      !(await isWritable(root)) &&
      !(await isWritable(dirname(dirname(root))))
    ) {
      throw new MlflowError(
        `the server at ${base} keeps artifacts in its own folder ${quote(root)}, out of reach here`,
        {
          cure: 'start it with `--serve-artifacts --artifacts-destination <folder>`, so that it passes them on, and make a new experiment; or mount the folder at that path',
        },
      );
    }
    return new FolderArtifacts(root);
  }

  async write(path: string, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    const pieces = content instanceof Uint8Array ? [content] : content;
    await this.#try(path, (file) => writeFileAtomically(file, pieces));
  }

  async read(path: string): Promise<Uint8Array> {
    return this.#try(path, async (file) => new Uint8Array(await readFile(file)));
  }

  async copyTo(path: string, to: string): Promise<void> {
    await this.#try(path, (file) => writeFileAtomically(to, createReadStream(file)));
  }

  async remove(path: string): Promise<void> {
    await this.#try(path, (file) => rm(file, { recursive: true }));
  }

  async #try<T>(path: string, act: (file: string) => Promise<T>): Promise<T> {
    const file = join(this.#root, path);
    try {
      return await act(file);
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      throw new MlflowError(`artifact ${quote(file)}: ${code ?? message}`, {
        cure:
          code === 'ENOSPC'
            ? 'the disk is full: free some space'
            : 'check the path, and the rights of its folder',
        cause,
      });
    }
  }
}

async function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
}
