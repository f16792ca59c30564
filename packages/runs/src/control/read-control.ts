import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MedganError, messageOf } from '@medgan/files';
import { optionsError, parseOptions, type Plugins } from '@medgan/plugin-api';
import { checkYaml, faultsError, parseOverrides } from '@medgan/experiment-registry';
import { CONTROL_SCHEMA, type ControlFile } from './control-schema.ts';
import { loadPlugins } from '../plugins/load-plugins.ts';
import { absoluteSpec, isPath } from '../plugins/plugin-module.ts';
import { absolutePaths, fileOptionsOf, type PathOrigin } from './absolute-paths.ts';
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
  /** What the user should know of its paths. */
  readonly notes: readonly string[];
}

/**
 * Reads and checks a control file and loads its plugins; nothing is trained, opened or written. Its relative paths begin
 * at its folder, those of `set` at the working folder.
 */
export async function readControl(file: string, set: readonly string[]): Promise<CheckedControl> {
  const text = await readText(file);
  const document = checkYaml<ControlFile>({ file, text, schema: CONTROL_SCHEMA });
  const origin = { folderOf: () => dirname(file), given: Object.keys(parseOverrides(set)) };
  if (set.length > 0) return checkControl(document.value, { set, source: file, origin });
  const { control, plugins, notes } = await located(document.value, origin);
  const { run, faults } = resolveControl(control, plugins);
  if (!run) throw faultsError(document, faults);
  return { control, run, plugins, notes };
}

/** Where a control file that is no text any more comes from. */
export interface ControlSource {
  /** What `--set` lays over it. */
  readonly set: readonly string[];
  /** The file it was in. */
  readonly source: string;
  /** Where its relative paths begin; by default at the working folder, its plugins at the folder of `source`. */
  readonly origin?: PathOrigin;
}

/** Checks a control file that is no text any more: with `--set` applied, or read back from a run folder. */
export async function checkControl(
  value: object,
  { set, source, origin }: ControlSource,
): Promise<CheckedControl> {
  const who = set.length === 0 ? source : `${source} with --set ${set.join(' ')}`;
  const parsed = parseOptions<ControlFile>(who, CONTROL_SCHEMA, withOverrides(value, set));
  if (origin) {
    const { control, plugins, notes } = await located(parsed, origin);
    return { control, run: checkedRun(control, plugins, who), plugins, notes };
  }
  const { control, plugins } = await withPlugins(parsed, [dirname(source)]);
  return { control, run: checkedRun(control, plugins, who), plugins, notes: [] };
}

/** The run that a control file asks for; `who` names it in errors. */
export function checkedRun(control: ControlFile, plugins: Plugins, who: string): ResolvedRun {
  const { run, faults } = resolveControl(control, plugins);
  if (!run) throw optionsError(who, faults);
  return run;
}

/** A control file whose plugins are loaded, and which names them so that any folder finds them. */
type WithPlugins = Pick<CheckedControl, 'control' | 'plugins'>;

/** Loads the plugins that a control file names; a relative path begins at the first of `folders` that has the file. */
async function withPlugins(
  control: ControlFile,
  folders: readonly [string, ...string[]],
): Promise<WithPlugins> {
  const sources = (control.plugins ?? []).map((spec) => ({
    spec,
    from:
      folders.find((folder) => isPath(spec) && existsSync(absoluteSpec({ spec, from: folder }))) ??
      folders.at(-1)!,
  }));
  const plugins = await loadPlugins(sources);
  return { control: control.plugins ? { ...control, plugins: sources.map(absoluteSpec) } : control, plugins };
}

/** A control file with absolute paths, and its plugins loaded. */
async function located(written: ControlFile, origin: PathOrigin): Promise<Omit<CheckedControl, 'run'>> {
  const { folderOf, given = [] } = origin;
  const folder = folderOf('plugins');
  const isGiven = given.includes('plugins');
  const { control, plugins } = await withPlugins(written, isGiven ? [process.cwd(), folder] : [folder]);
  const fileOptions = fileOptionsOf(control, plugins);
  return { plugins, ...absolutePaths(control, { ...origin, fileOptions }) };
}
