import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbsent, MedganError, messageOf } from '@medgan/files';
import { RUN_FILES } from '@medgan/plugin-api';
import { listCheckpoints } from '../checkpoint.ts';

/** Of a run with `ema`: the weights as training left them, or their average. */
export type WhichWeights = 'raw' | 'ema';

/** A file of weights, and the run it belongs to where that is known. */
export interface FoundWeights {
  readonly file: string;
  readonly runDir?: string;
}

const FILES: Readonly<Record<WhichWeights, string>> = {
  raw: 'generator.safetensors',
  ema: 'generator-ema.safetensors',
};

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw new MedganError(`${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

const holds = async (folder: string, which: WhichWeights): Promise<boolean> =>
  (await kindOf(join(folder, FILES[which]))) === 'file';

/** The file of a checkpoint: the average where it has one, unless the other is asked for. */
async function fileOf(checkpoint: string, asked: WhichWeights | undefined): Promise<string> {
  const hasAverage = await holds(checkpoint, 'ema');
  if (asked === 'ema' && !hasAverage) {
    throw new MedganError(`${checkpoint} holds no averaged weights`, {
      cure: 'leave --weights ema out; a run keeps an average where its control file says so: ema: 0.999',
    });
  }
  return join(checkpoint, FILES[asked ?? (hasAverage ? 'ema' : 'raw')]);
}

/**
 * The generator's weights that `path` means: a file itself; a checkpoint's folder; a run's folder, whose newest
 * checkpoint is taken. Of a checkpoint that holds averaged weights these are taken, unless `asked` says `raw`.
 * @throws MedganError when there are none.
 */
export async function findGeneratorWeights(path: string, asked?: WhichWeights): Promise<FoundWeights> {
  const kind = await kindOf(path);
  if (kind === undefined) {
    throw new MedganError(`there is no ${path}`, {
      cure: "give a file of weights, a checkpoint's folder, or a run's folder",
    });
  }
  if (kind === 'file') {
    if (asked === undefined) return { file: path };
    throw new MedganError(`${path} is a file of weights: there is nothing to choose in it`, {
      cure: 'leave --weights out, or give the folder of the run or of the checkpoint',
    });
  }
  if (await holds(path, 'raw')) {
    const runDir = join(path, '../..');
    const isRun = (await kindOf(join(runDir, RUN_FILES.record))) === 'file';
    return { file: await fileOf(path, asked), ...(isRun ? { runDir } : {}) };
  }
  const newest = (await listCheckpoints(path)).at(-1);
  if (!newest) {
    throw new MedganError(`${path} holds no generator: neither ${FILES.raw} nor checkpoints/`, {
      cure: "give a file of weights, a checkpoint's folder, or the folder of a run that has saved a checkpoint",
    });
  }
  return { file: await fileOf(newest.path, asked), runDir: path };
}
