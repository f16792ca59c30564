import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EngineError } from '../../engine-error.ts';
import type { EngineFinding } from '../../examine-engine.ts';
import { INSTALLED, installFolder, TFJS_VERSION, type TensorflowEngineName } from '../tensorflow/package.ts';
import { buildBinding } from './binding.ts';
import { commandRunner, type RunCommand } from './run-command.ts';
import { NODE_HEADERS, TENSORFLOW_BUILDS } from './tensorflow-builds.ts';
import { findTools, type ToolSearch } from './tools.ts';

/** The machine that is installed on. */
export interface InstallMachine {
  /** `process.platform`. */
  readonly platform: string;
  /** `process.arch`. */
  readonly arch: string;
  readonly env: NodeJS.ProcessEnv;
  readonly hasGpu: boolean;
}

/** What an installation is given. */
export interface InstallOptions {
  readonly name: TensorflowEngineName;
  readonly machine: InstallMachine;
  /** Takes each line for the user. */
  readonly say: (line: string) => void;
  /** Asks the user whether to go on. */
  readonly confirm: (question: string) => Promise<boolean>;
  /** Starts the engine in a process of its own, and trains a small network on it. */
  readonly examine: () => Promise<EngineFinding>;
  /** Runs programs; by default for real, with a log in the folder of the installation. */
  readonly run?: RunCommand;
}

/** Megabytes of the npm packages on disk. */
const NPM_MEGABYTES = 300;

/** The npm install script downloads TensorFlow; behind a firewall that drops what it sends, it would wait for ever. */
const PREBUILT_LIMIT = 15 * 60 * 1000;

/** The folder is made by us: another one of that name stays as it is. */
const manifest = (name: TensorflowEngineName) => ({ name: `medgan-${name}`, private: true });

function makeFolder(name: TensorflowEngineName, folder: string): void {
  const file = join(folder, 'package.json');
  const text = `${JSON.stringify(manifest(name))}\n`;
  const isOurs = existsSync(file) && readFileSync(file, 'utf8').includes(manifest(name).name);
  if (existsSync(folder) && readdirSync(folder).length > 0 && !isOurs) {
    throw new EngineError(`${folder} is there, and was not made by medgan engine install`, {
      cure: 'move it away, or name another place in MEDGAN_ENGINES',
    });
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, isOurs ? readFileSync(file) : text);
}

/** True where a build can be made: the pinned wheels are for Linux x64. */
const canBuild = ({ platform, arch }: InstallMachine): boolean => platform === 'linux' && arch === 'x64';

/** The prebuilt TensorFlow 2.9 computes on GPUs by CUDA 11.2 only, which few machines have; it is not tried for a GPU on Linux. */
const triesPrebuilt = ({ name, machine }: InstallOptions): boolean =>
  name === 'tfjs-node' || !canBuild(machine);

/** Says what will be done and what it needs, and asks. @throws EngineError when the user does not want it. */
async function agree(options: InstallOptions, folder: string): Promise<void> {
  const { name, machine, say, confirm } = options;
  const { version, megabytes } = TENSORFLOW_BUILDS[name];
  say(`${name}: TF.js ${TFJS_VERSION} over TensorFlow, into ${folder}`);
  say(`It takes ${NPM_MEGABYTES} MB of npm packages, and TensorFlow:`);
  if (triesPrebuilt(options)) {
    say('- as npm installs it, TensorFlow 2.9 and a prebuilt binding from storage.googleapis.com;');
  }
  if (canBuild(machine)) {
    const where = triesPrebuilt(options) ? 'where that fails, ' : '';
    say(
      `- ${where}TensorFlow ${version} from PyPI, ${megabytes.download} MB to download and ` +
        `${megabytes.disk} MB on disk, and a binding that is compiled here.`,
    );
  }
  const needed = NPM_MEGABYTES + megabytes.download + megabytes.disk;
  const { bavail, bsize } = statfsSync(existingParent(folder));
  const free = Math.floor((bavail * bsize) / 1e6);
  if (free < needed) {
    throw new EngineError(`${folder} has ${free} MB of space, and ${needed} MB are needed`, {
      cure: 'make space, or name another place in MEDGAN_ENGINES',
    });
  }
  if (!(await confirm('Go on?')))
    throw new EngineError('nothing was installed', { cure: 'answer y, or give --yes' });
}

const existingParent = (path: string): string => (existsSync(path) ? path : existingParent(dirname(path)));

async function installNpmPackages(
  { name, say }: InstallOptions,
  folder: string,
  run: RunCommand,
): Promise<void> {
  say(`installing the npm package @tensorflow/${name}@${TFJS_VERSION}`);
  const { ok, reason } = await run({
    program: 'npm',
    args: [
      ...['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund'],
      ...[`@tensorflow/${name}@${TFJS_VERSION}`, NODE_HEADERS],
    ],
    cwd: folder,
  });
  if (ok) return;
  throw new EngineError(`npm could not install @tensorflow/${name}: ${reason}`, {
    cure: `look into ${join(folder, 'install.log')}, then run the command again`,
  });
}

/** Lets the package's own script fetch TensorFlow and the prebuilt binding. @returns false, with the reason said, if it fails */
async function takePrebuilt(
  { name, say }: InstallOptions,
  folder: string,
  run: RunCommand,
): Promise<boolean> {
  say('letting the package fetch TensorFlow 2.9 and its prebuilt binding');
  const { ok, reason } = await run({
    program: 'npm',
    args: ['rebuild', '--prefix', folder, `@tensorflow/${name}`],
    cwd: folder,
    limit: PREBUILT_LIMIT,
  });
  if (!ok) say(`that failed: ${reason}`);
  return ok;
}

/** Trains on what is installed. @returns where it computes; undefined, with the reason said, if it does not train */
async function tryOut({ say, examine }: InstallOptions, folder: string): Promise<string | undefined> {
  const marker = join(folder, INSTALLED);
  writeFileSync(marker, `${JSON.stringify({ tfjs: TFJS_VERSION })}\n`);
  say('training a small network on it');
  const { device, reason } = await examine();
  if (device !== undefined) return device;
  rmSync(marker);
  say(`that failed: ${reason}`);
  return undefined;
}

function toolsOf(search: ToolSearch, { name, machine }: InstallOptions) {
  if (!canBuild(machine)) {
    throw new EngineError(
      `${name} could not be installed as npm does, and is built on Linux x64 only, not on ${machine.platform} ${machine.arch}`,
      { cure: 'use engine: onnx' },
    );
  }
  if ('tools' in search) return search.tools;
  throw new EngineError(`to build the binding of ${name}, this is missing: ${search.missing.join('; ')}`, {
    cure: 'install it, then run the command again',
  });
}

/**
 * Installs the package of an engine into `installFolder`, outside of every project, and trains a small network on it. An
 * installation that works is left as it is; one that does not is made anew. Resolves with where the engine computes.
 *
 * @throws EngineError saying what is missing or failed, and when the user does not agree.
 */
export async function installEngine(options: InstallOptions): Promise<string> {
  const { name, machine, say, examine } = options;
  const folder = installFolder(name, machine.env);
  if (existsSync(join(folder, INSTALLED))) {
    const { device } = await examine();
    if (device !== undefined) {
      say(`${name} is installed in ${folder}, and trains`);
      return device;
    }
    say(`${name} is installed in ${folder}, and does not train: it is installed anew`);
  }
  await agree(options, folder);
  makeFolder(name, folder);
  rmSync(join(folder, INSTALLED), { force: true });
  const run = options.run ?? commandRunner(join(folder, 'install.log'));
  const search = await findTools(run, { cwd: folder, env: machine.env });
  if (!triesPrebuilt(options)) toolsOf(search, options);
  await installNpmPackages(options, folder, run);
  if (triesPrebuilt(options) && (await takePrebuilt(options, folder, run))) {
    const device = await tryOut(options, folder);
    if (device !== undefined) return device;
  }
  await buildBinding({ name, folder, tools: toolsOf(search, options), run, say });
  const device = await tryOut(options, folder);
  if (device !== undefined) return device;
  throw new EngineError(`${name} was built in ${folder}, and does not train`, {
    cure: 'report this with the output of medgan doctor --json',
  });
}
