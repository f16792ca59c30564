import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { withCure } from '@medgan/files';
import { createRng, type DatasetContext } from '@medgan/plugin-api';
import sharp from 'sharp';
import { contentsOf, type Contents } from './contents.ts';
import imageFolder, { type ImageFolderOptions } from '../src/datasets/image-folder.ts';

/** A folder of images for one test. */
export class TemporaryFolder {
  readonly dir: string;

  private constructor(dir: string) {
    this.dir = dir;
  }

  static async make(): Promise<TemporaryFolder> {
    return new TemporaryFolder(await realpath(await mkdtemp(join(tmpdir(), 'medgan-images-'))));
  }

  remove(): Promise<void> {
    return rm(this.dir, { recursive: true, force: true });
  }

  path(name: string): string {
    return join(this.dir, name);
  }

  /** Writes a flat grey PNG of the given level, 12×10, whatever the extension says. */
  async put(name: string, level = 100): Promise<void> {
    await mkdir(dirname(this.path(name)), { recursive: true });
    const background = { r: level, g: level, b: level };
    await sharp({ create: { width: 12, height: 10, channels: 3, background } })
      .png()
      .toFile(this.path(name));
  }

  async putText(name: string, text: string): Promise<void> {
    await mkdir(dirname(this.path(name)), { recursive: true });
    await writeFile(this.path(name), text);
  }

  /** Opens the folder by the plugin and reads it, at 4×4 in colour where nothing else is said. */
  async open(
    context: Partial<DatasetContext> = {},
    options: ImageFolderOptions & { path?: string } = {},
  ): Promise<Contents> {
    const images = await imageFolder.open(
      { path: this.dir, ...options },
      {
        format: { size: 4, channels: 3 },
        subsetOrder: 'first',
        rng: createRng(7),
        workers: 2,
        ...context,
      },
    );
    return contentsOf(images);
  }

  /** The message of the error, with this folder written as DIR. */
  async refusal(opening: Promise<unknown>): Promise<string> {
    const message = await opening.then(
      () => 'no error',
      (error: unknown) => withCure(error),
    );
    return message.replaceAll(this.dir, 'DIR');
  }
}
