import { basename } from 'node:path';
import { defined, plural } from '@medgan/files';
import { builtInPlugins } from '@medgan/runs';
import { readImportedWeights, type ImportedWeights } from '@medgan/trainer';
import { elementCount, trustedLimits, writeSafetensorsFile } from '@medgan/weights';
import { note } from '../notes.ts';
import { guardOutput, SAFETENSORS } from '../guard-output.ts';

export interface ImportOptions {
  readonly out: string;
  readonly key?: string;
  readonly entry?: string;
  /** Read the file however large it is. */
  readonly trust: boolean;
  readonly force: boolean;
}

const MOST_NAMED = 5;

/** Python objects that the file asks for and that were left out: the reader may want to know, most of all of `os.system`. */
function passedOverText({ passedOver }: ImportedWeights): string {
  const named = passedOver.slice(0, MOST_NAMED).map((name) => JSON.stringify(name).slice(1, -1));
  const rest = passedOver.length > MOST_NAMED ? ` and ${passedOver.length - MOST_NAMED} more` : '';
  return `left out, and not run: ${named.join(', ')}${rest}\n`;
}

/** `medgan import <file.pth> --out x.safetensors`: a PyTorch state dict as safetensors, nothing in it ever run. */
export async function importCommand(file: string, options: ImportOptions): Promise<number> {
  const { out, key, entry, trust, force } = options;
  await guardOutput(out, SAFETENSORS, force);
  const imported = await readImportedWeights(file, {
    ...defined({ key, entry, limits: trust ? trustedLimits : undefined }),
    architectures: builtInPlugins().architectures,
  });
  const { tensors, metadata, place, passedOver } = imported;
  await writeSafetensorsFile(out, tensors, { format: 'pt', imported_from: basename(file), ...metadata });
  const numbers = [...tensors.values()].reduce((sum, { shape }) => sum + elementCount(shape)!, 0);
  const from = place === undefined ? '' : `, from ${place}`;
  note(`${plural(tensors.size, 'tensor')}, ${plural(numbers, 'number')} in ${out}${from}`);
  if (passedOver.length > 0) process.stdout.write(passedOverText(imported));
  return 0;
}
