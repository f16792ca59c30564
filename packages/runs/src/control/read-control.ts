import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MedganError, messageOf } from '@medgan/files';
import { optionsError, parseOptions, type Plugins } from '@medgan/plugin-api';
import { checkYaml, faultsError, parseOverrides } from '@medgan/experiment-registry';
import { CONTROL_SCHEMA, type ControlFile } from './control-schema.ts';
import { loadPlugins } from '../plugins/load-plugins.ts';
import { absoluteSpec } from '../plugins/plugin-module.ts';
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
  /** The built-in ones, and those that the file names. */
  readonly plugins: Plugins;
}

/** Reads and checks a control file and loads its plugins; nothing is trained, opened or written. */
export async function readControl(file: string, set: readonly string[]): Promise<CheckedControl> {
  const text = await readText(file);
  const document = checkYaml<ControlFile>({ file, text, schema: CONTROL_SCHEMA });
  if (set.length > 0) return checkControl(document.value, { set, source: file });
  const { control, plugins } = await withPlugins(document.value, dirname(file));
  const { run, faults } = resolveControl(control, plugins);
  if (!run) throw faultsError(document, faults);
  return { control, run, plugins };
}

/**
 * Checks a control file that is no text any more: with `--set` applied, or read back from a run folder. `source` is the
 * file it was in.
 */
export async function checkControl(
  value: object,
  { set, source }: { readonly set: readonly string[]; readonly source: string },
): Promise<CheckedControl> {
  const who = set.length === 0 ? source : `${source} with --set ${set.join(' ')}`;
  const parsed = parseOptions<ControlFile>(who, CONTROL_SCHEMA, withOverrides(value, set));
  const { control, plugins } = await withPlugins(parsed, dirname(source));
  return { control, run: checkedRun(control, plugins, who), plugins };
}

/** The run that a control file asks for; `who` names it in errors. */
export function checkedRun(control: ControlFile, plugins: Plugins, who: string): ResolvedRun {
  const { run, faults } = resolveControl(control, plugins);
  if (!run) throw optionsError(who, faults);
  return run;
}

/** Loads the plugins that a control file names; the control then names them so that any folder finds them. */
async function withPlugins(
  control: ControlFile,
  from: string,
): Promise<{ readonly control: ControlFile; readonly plugins: Plugins }> {
  const sources = (control.plugins ?? []).map((spec) => ({ spec, from }));
  const plugins = await loadPlugins(sources);
  return { control: control.plugins ? { ...control, plugins: sources.map(absoluteSpec) } : control, plugins };
}
