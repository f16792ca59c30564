import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Engines of TF.js over TensorFlow, each with an npm package of its own: `@tensorflow/<name>`. */
export const TENSORFLOW_ENGINES = ['tfjs-node', 'tfjs-node-gpu'] as const;

/** Name of an engine of TF.js over TensorFlow. */
export type TensorflowEngineName = (typeof TENSORFLOW_ENGINES)[number];

/** True for the name of an engine that runs on TensorFlow. */
export const isTensorflowEngine = (name: string): name is TensorflowEngineName =>
  (TENSORFLOW_ENGINES as readonly string[]).includes(name);

/** The version of TF.js, which that of the packages must equal. */
export const TFJS_VERSION = '4.22.0';

/** What gives an engine its package. */
export const installCommand = (name: TensorflowEngineName): string => `npx medgan engine install ${name}`;

/**
 * Where `medgan engine install` puts the package of an engine, outside of every project, so that `npm ci` leaves it
 * alone: MEDGAN_ENGINES, or the system's place for data of programs.
 */
export function installFolder(
  name: TensorflowEngineName,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const home = env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share');
  return join(env['MEDGAN_ENGINES'] ?? join(home, 'medgan', 'engines'), `${name}-${TFJS_VERSION}`);
}

/** The file whose presence says that an installation was finished, and what it is. */
export const INSTALLED = 'installed.json';

/** The npm package of an engine that is installed, and what loads it. */
export interface FoundPackage {
  /** Its folder. */
  readonly folder: string;
  readonly require: NodeJS.Require;
}

/** Files that a package is resolved from: in `installFolder` where an installation was finished, then the project. */
function placesOf(name: TensorflowEngineName): string[] {
  const installed = installFolder(name);
  const own = existsSync(join(installed, INSTALLED)) ? [join(installed, 'package.json')] : [];
  return [...own, import.meta.url];
}

/** The package of an engine: from `installFolder`, or as a dependency of the project; undefined = it is in neither. */
export function findPackage(
  name: TensorflowEngineName,
  places: readonly string[] = placesOf(name),
): FoundPackage | undefined {
  for (const place of places) {
    const require = createRequire(place);
    try {
      return { folder: dirname(require.resolve(`@tensorflow/${name}/package.json`)), require };
    } catch {
      continue;
    }
  }
  return undefined;
}
