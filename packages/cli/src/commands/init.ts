import { writeFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { fileError, MedganError } from '@medgan/files';
import { controlTemplate } from '@medgan/runs';
import { note } from '../notes.ts';

/** `medgan init [file]`: writes a control file with every key explained; never over a file that is there. */
export async function initCommand(file: string): Promise<number> {
  const run = basename(file, extname(file));
  try {
    await writeFile(file, controlTemplate({ file, run }), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw fileError(`${file} cannot be written`, error);
    throw new MedganError(`${file} is there already`, { cure: 'name another file: medgan init other.yaml' });
  }
  note(`${file}: a control file, with every key explained; it trains on built-in images as it is`);
  note(`  what next: medgan run ${file}`);
  return 0;
}
