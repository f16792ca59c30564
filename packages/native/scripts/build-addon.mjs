import { join } from 'node:path';
import nodeApi from 'node-api-headers';
import { cc, compileAll, filesIn, simdUnits, source, unitsOf } from './compile.mjs';

/**
 * What the linker needs beside the objects, by operating system: Node resolves its own symbols when it loads the add-on.
 * @type {Record<string, string[]>}
 */
export const LINK_FLAGS = { linux: ['-pthread', '-lm'], darwin: ['-Wl,-undefined,dynamic_lookup'] };

/**
 * Compiles and links the Node add-on. @returns its file, in the folder `objects`.
 * @param {{ compiler: import('./compile.mjs').Compiler, objects: string, link: readonly string[] }} how
 */
export async function buildAddon({ compiler, objects, link }) {
  const units = [...unitsOf(filesIn(source), ['-isystem', nodeApi.include_dir]), ...simdUnits(compiler.arch)];
  const parts = await compileAll(units, { compiler, objects, flags: ['-O3'] });
  const made = join(objects, 'medgan.node');
  await cc(compiler, ['-shared', '-o', made, ...parts, ...link]);
  return made;
}
