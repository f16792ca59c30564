import { readFile } from 'node:fs/promises';
import { load } from 'js-yaml';
import { MedganError, messageOf, parseOptions } from '@medgan/plugin-api';
import { checkYaml, faultsError } from '@medgan/registry';
import { CONTROL_SCHEMA, type ControlFile } from './control-schema.ts';
import type { Plugins } from './plugins.ts';
import { resolveControl, type ResolvedRun } from './resolve-control.ts';

/** A `key=value` of the command line: a path of keys, and a value in YAML. */
function parseAssignment(text: string): { path: string[]; value: unknown } {
  const at = text.indexOf('=');
  if (at < 1) throw new MedganError(`--set ${text} is not key=value`, { cure: 'write --set batch_size=64' });
  try {
    return { path: text.slice(0, at).split('.'), value: load(text.slice(at + 1)) };
  } catch (error) {
    throw new MedganError(`--set ${text}: ${messageOf(error)}`, { cause: error });
  }
}

/** A copy of `value` with the key at `path` replaced. */
function assigned(value: object, path: readonly string[], replacement: unknown): object {
  const [key, ...rest] = path as [string, ...string[]];
  const former = (value as Record<string, unknown>)[key];
  const inner = typeof former === 'object' && former !== null ? former : {};
  return { ...value, [key]: rest.length === 0 ? replacement : assigned(inner, rest, replacement) };
}

/** Applies `--set key=value` arguments to what a file says. */
export const withAssignments = (value: object, set: readonly string[]): object =>
  set.reduce((result, text) => {
    const { path, value: replacement } = parseAssignment(text);
    return assigned(result, path, replacement);
  }, value);

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new MedganError(`control file ${file} cannot be read: ${messageOf(error)}`, {
      cure: 'check the path',
      cause: error,
    });
  }
}

/** Reads and checks a control file; nothing is trained, opened or written. */
export async function readControl(
  file: string,
  options: { readonly set: readonly string[]; readonly plugins: Plugins },
): Promise<{ control: ControlFile; run: ResolvedRun }> {
  const text = await readText(file);
  const document = checkYaml<ControlFile>({ file, text, schema: CONTROL_SCHEMA });
  const control =
    options.set.length === 0
      ? document.value
      : parseOptions<ControlFile>('--set', CONTROL_SCHEMA, withAssignments(document.value, options.set));
  const { run, faults } = resolveControl(control, options.plugins);
  if (!run) throw faultsError({ ...document, value: control }, faults);
  return { control, run };
}
