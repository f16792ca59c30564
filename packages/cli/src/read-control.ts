import { readFile } from 'node:fs/promises';
import { MedganError, messageOf, optionsError, parseOptions } from '@medgan/plugin-api';
import { checkYaml, faultsError, parseOverrides } from '@medgan/registry';
import { CONTROL_SCHEMA, type ControlFile } from './control-schema.ts';
import type { Plugins } from './plugins.ts';
import { resolveControl, type ResolvedRun } from './resolve-control.ts';

/** A copy of `value` with the key at `path` replaced. */
function assigned(value: object, path: readonly string[], replacement: unknown): object {
  const [key, ...rest] = path as [string, ...string[]];
  const former = (value as Record<string, unknown>)[key];
  const inner = typeof former === 'object' && former !== null ? former : {};
  return { ...value, [key]: rest.length === 0 ? replacement : assigned(inner, rest, replacement) };
}

/** Applies `--set key=value` arguments to what a file says. */
export const withOverrides = (value: object, set: readonly string[]): object =>
  Object.entries(parseOverrides(set)).reduce(
    (result, [key, replacement]) => assigned(result, key.split('.'), replacement),
    value,
  );

/** The text of a control file. @throws MedganError when there is none. */
export async function readText(file: string): Promise<string> {
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
  const control = parseOptions<ControlFile>(who, CONTROL_SCHEMA, withOverrides(value, set));
  const { run, faults } = resolveControl(control, plugins);
  if (!run) throw optionsError(who, faults);
  return { control, run };
}
