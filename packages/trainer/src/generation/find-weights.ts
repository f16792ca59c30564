import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MedganError, messageOf } from '@medgan/plugin-api';
import { listCheckpoints } from '../checkpoint.ts';

/** A file of weights, and the run it belongs to where that is known. */
export interface FoundWeights {
  readonly file: string;
  readonly runDir?: string;
}

const GENERATOR = 'generator.safetensors';

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new MedganError(`${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * The generator's weights that `path` means: a file itself; a checkpoint's folder; a run's folder, whose newest
 * checkpoint is taken.
 * @throws MedganError when there are none.
 */
export async function findGeneratorWeights(path: string): Promise<FoundWeights> {
  const kind = await kindOf(path);
  if (kind === undefined) {
    throw new MedganError(`there is no ${path}`, {
      cure: "give a file of weights, a checkpoint's folder, or a run's folder",
    });
  }
  if (kind === 'file') return { file: path };
  if ((await kindOf(join(path, GENERATOR))) === 'file') {
    const runDir = join(path, '../..');
    const isRun = (await kindOf(join(runDir, 'config.yaml'))) === 'file';
    return { file: join(path, GENERATOR), ...(isRun ? { runDir } : {}) };
  }
  const newest = (await listCheckpoints(path)).at(-1);
  if (!newest) {
    throw new MedganError(`${path} holds no generator: neither ${GENERATOR} nor checkpoints/`, {
      cure: "give a file of weights, a checkpoint's folder, or the folder of a run that has saved a checkpoint",
    });
  }
  return { file: join(newest.path, GENERATOR), runDir: path };
}
