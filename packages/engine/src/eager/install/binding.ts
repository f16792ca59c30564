import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError } from '../../engine-error.ts';
import type { RunCommand } from './run-command.ts';
import {
  TENSORFLOW_BUILDS,
  WHEEL_PLATFORMS,
  WHEEL_PYTHON,
  type TensorflowBuild,
} from './tensorflow-builds.ts';
import type { BuildTools } from './tools.ts';
import type { TensorflowEngineName } from '../tensorflow/package.ts';

/** A build of the binding of one engine. */
export interface BindingBuild {
  readonly name: TensorflowEngineName;
  /** The folder of the installation, with `node_modules`. */
  readonly folder: string;
  readonly tools: BuildTools;
  readonly run: RunCommand;
  readonly say: (line: string) => void;
}

/** What pip is asked for: each wheel with its hash, which pip then insists on. */
export const requirements = ({ wheels }: TensorflowBuild): string =>
  wheels.map(({ name, version, sha256 }) => `${name}==${version} --hash=sha256:${sha256}\n`).join('');

/** Arguments of pip that fetch the pinned wheels for Linux x64 into `wheels`, whatever Python runs it. */
export const pipArguments = (): string[] => [
  ...['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--require-hashes'],
  ...['--implementation', 'cp', '--python-version', WHEEL_PYTHON],
  ...WHEEL_PLATFORMS.flatMap((platform) => ['--platform', platform]),
  ...['--dest', 'wheels', '--requirement', 'wheels.txt'],
];

/** What is taken out of a wheel: TensorFlow's libraries and headers, and those of CUDA. */
const TAKEN = ['tensorflow/libtensorflow', 'tensorflow/include/', 'nvidia/'];

/** Takes files out of wheels, which are zip archives, by their first letters: wheel, folder, and letters as arguments. */
const UNPACK = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    wheel.extractall(sys.argv[2], [n for n in wheel.namelist() if n.startswith(tuple(sys.argv[3:]))])
`;

/** Compiler arguments that make the binding from the sources in the npm package, for Node's binary interface 8. */
function compilerArguments(name: TensorflowEngineName, folder: string): string[] {
  const source = join(folder, 'node_modules', '@tensorflow', name);
  const tensorflow = join(folder, 'site', 'tensorflow');
  const binding = join(source, 'binding');
  const files = readdirSync(binding).filter((file) => file.endsWith('.cc'));
  return [
    ...['-std=c++17', '-O2', '-fPIC', '-shared', '-DNAPI_VERSION=8'],
    ...[source, join(folder, 'node_modules', 'node-api-headers', 'include'), join(tensorflow, 'include')].map(
      (include) => `-I${include}`,
    ),
    ...files.sort().map((file) => join(binding, file)),
    ...['-o', join(source, 'lib', 'napi-v8', 'tfjs_binding.node')],
    ...[`-L${tensorflow}`, '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'],
    `-Wl,-rpath,${tensorflow}`,
  ];
}

/**
 * Builds the binding against TensorFlow as PyPI has it, which stays in `site` beside `node_modules`.
 *
 * @throws EngineError naming the step that failed, and its last lines.
 */
export async function buildBinding({ name, folder, tools, run, say }: BindingBuild): Promise<void> {
  const build = TENSORFLOW_BUILDS[name];
  const step = async (what: string, program: string, args: readonly string[]): Promise<void> => {
    say(what);
    const { ok, reason } = await run({ program, args, cwd: folder });
    if (ok) return;
    throw new EngineError(`${what} failed: ${reason}`, {
      cure: `look into ${join(folder, 'install.log')}, then run the command again`,
    });
  };
  const wheels = join(folder, 'wheels');
  const site = join(folder, 'site');
  rmSync(site, { recursive: true, force: true });
  // Wheels that an interrupted installation left are not downloaded again: pip looks at their hashes.
  mkdirSync(wheels, { recursive: true });
  writeFileSync(join(folder, 'wheels.txt'), requirements(build));
  const { download } = build.megabytes;
  await step(`downloading TensorFlow ${build.version} (${download} MB)`, tools.python, pipArguments());
  for (const wheel of readdirSync(wheels).sort()) {
    await step(`unpacking ${wheel}`, tools.python, ['-c', UNPACK, join(wheels, wheel), site, ...TAKEN]);
  }
  const napi = join(folder, 'node_modules', '@tensorflow', name, 'lib', 'napi-v8');
  rmSync(napi, { recursive: true, force: true });
  mkdirSync(napi, { recursive: true });
  await step('compiling the binding', tools.compiler, compilerArguments(name, folder));
  for (const path of [wheels, join(site, 'tensorflow', 'include')]) rmSync(path, { recursive: true });
}
