import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { MedganError } from '@medgan/plugin-api';
import { readPlainWeights } from '@medgan/trainer';
import { elementCount, writeSafetensorsFile } from '@medgan/weights';

export interface ImportOptions {
  readonly out: string;
  readonly key?: string;
  readonly entry?: string;
  readonly force: boolean;
}

/** `medgan import <file.pth> --out x.safetensors`: a PyTorch state dict as safetensors, nothing in it ever run. */
export async function importCommand(file: string, options: ImportOptions): Promise<number> {
  const { out, key, entry, force } = options;
  if (existsSync(out) && !force) {
    throw new MedganError(`${out} is there already`, {
      cure: 'choose another --out, or replace it: --force',
    });
  }
  const { tensors, metadata } = await readPlainWeights(file, {
    ...(key === undefined ? {} : { key }),
    ...(entry === undefined ? {} : { entry }),
  });
  await writeSafetensorsFile(out, tensors, { format: 'pt', imported_from: basename(file), ...metadata });
  const numbers = [...tensors.values()].reduce((sum, { shape }) => sum + elementCount(shape)!, 0);
  process.stdout.write(`${tensors.size} tensors, ${numbers.toLocaleString('en')} numbers in ${out}\n`);
  return 0;
}
