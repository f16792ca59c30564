import { readFile } from 'node:fs/promises';
import { load } from 'js-yaml';
import { MedganError, messageOf, optionsError, parseOptions } from '@medgan/plugin-api';
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

/** A control file that can run. */
export interface CheckedControl {
  readonly control: ControlFile;
  readonly run: ResolvedRun;
}

/** Reads and checks a control file; nothing is trained, opened or written. */
export async function readControl(
  file: string,
  { set, plugins }: { readonly set: readonly string[]; readonly plugins: Plugins },
): Promise<CheckedControl> {
  const text = await readText(file);
  const document = checkYaml<ControlFile>({ file, text, schema: CONTROL_SCHEMA });
  if (set.length > 0) return checkControl(document.value, { set, plugins, source: file });
  const { run, faults } = resolveControl(document.value, plugins);
  if (!run) throw faultsError(document, faults);
  return { control: document.value, run };
}

/** Checks a control file that is no text any more: with `--set` applied, or read back from a run folder. */
export function checkControl(
  value: object,
  {
    set,
    plugins,
    source,
  }: { readonly set: readonly string[]; readonly plugins: Plugins; readonly source: string },
): CheckedControl {
  const who = set.length === 0 ? source : `${source} with --set ${set.join(' ')}`;
  const control = parseOptions<ControlFile>(who, CONTROL_SCHEMA, withAssignments(value, set));
  const { run, faults } = resolveControl(control, plugins);
  if (!run) throw optionsError(who, faults);
  return { control, run };
}
