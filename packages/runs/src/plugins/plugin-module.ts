import { existsSync, readdirSync } from 'node:fs';
import { createRequire, register } from 'node:module';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { resolve as resolveFrom } from 'import-meta-resolve';
import { nearest } from '@medgan/plugin-api';

/** A place plugins come from, as somebody named it. */
export interface PluginSource {
  /** `./my-gan.mjs`, or the name of an installed package. */
  readonly spec: string;
  /** Folder that a relative path starts from, and from which packages are looked for. */
  readonly from: string;
}

/** Whether a source is a file; else it is a package. */
export const isPath = (spec: string): boolean => spec.startsWith('.') || isAbsolute(spec);

/** The same source, named so that it means the same from any folder: paths become absolute. */
export const absoluteSpec = ({ spec, from }: PluginSource): string =>
  isPath(spec) ? resolve(from, spec) : spec;

let hooked = false;

/** Lets plugins be TypeScript, and resolve TensorFlow.js and the contracts to medgan's own copies; once a process. */
async function prepare(): Promise<void> {
  if (hooked) return;
  hooked = true;
  const { register: registerTypeScript } = await import('tsx/esm/api');
  registerTypeScript();
  register(new URL('../../bin/shared-instances.mjs', import.meta.url), { data: { home: import.meta.url } });
}

/** A source that names no file; the message says to its user what to write instead. */
export class MissingPlugin extends Error {}

/** The file that a source names. @throws MissingPlugin when there is none. */
export function pluginFile(source: PluginSource): string {
  const { spec, from } = source;
  if (isPath(spec)) {
    const file = absoluteSpec(source);
    if (!existsSync(file)) throw new MissingPlugin(`there is no such file${neighbour(file)}`);
    return file;
  }
  try {
    return fileURLToPath(resolveFrom(spec, pathToFileURL(join(resolve(from), 'from.mjs')).href));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new MissingPlugin(
      existsSync(resolve(from, spec))
        ? `no package is called so; if the file is meant, write ./${spec}`
        : `no such package is installed in ${resolve(from)}; the path of a file begins with ./, ../ or /`,
    );
  }
}

function neighbour(file: string): string {
  const folder = dirname(file);
  const guess = existsSync(folder) ? nearest(basename(file), readdirSync(folder)) : undefined;
  return guess === undefined ? '' : `; did you mean ${join(folder, guess)}?`;
}

/** What a source's file exports. @throws whatever loading it throws. */
export async function importPlugin(file: string): Promise<Readonly<Record<string, unknown>>> {
  await prepare();
  return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
}

/** Name and version of the package that a file belongs to, if it is in one. */
export function packageOf(file: string): string | undefined {
  const require = createRequire(import.meta.url);
  for (let folder = dirname(file); dirname(folder) !== folder; folder = dirname(folder)) {
    try {
      const { name, version } = require(join(folder, 'package.json')) as { name?: string; version?: string };
      if (name !== undefined) return version === undefined ? name : `${name} ${version}`;
    } catch {
      // No package.json here: one folder up.
    }
  }
  return undefined;
}
