// Compiles the native engine with the C compiler of this machine: CC, else cc.
//   node scripts/build.mjs             fails without a compiler
//   node scripts/build.mjs --optional  says why it cannot be compiled, and leaves the engine out
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import nodeApi from 'node-api-headers';

const run = promisify(execFile);
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, 'src');
const objects = join(root, 'build', 'objects');
const target = join(root, 'build', 'medgan.node');
const failed = process.argv.includes('--optional') ? 0 : 1;
const compiler = process.env['CC'] || 'cc';

/** Every instruction set of an architecture; the add-on chooses the widest that the processor has. */
const INSTRUCTION_SETS = {
  x64: {
    avx512: ['-mavx512f', '-mavx2', '-mfma', '-mprefer-vector-width=512'],
    avx2: ['-mavx2', '-mfma'],
    plain: ['-DVEC_PLAIN'],
  },
  arm64: { neon: [], plain: ['-DVEC_PLAIN'] },
};

const FLAGS = [
  '-std=gnu11', '-O3', '-fPIC', '-fvisibility=hidden', '-pthread', '-Wall', '-Wextra', '-Werror',
  // The same bits on all processors: nothing is fused or reordered that the sources do not say.
  '-ffp-contract=off', '-fno-math-errno', '-fno-trapping-math',
]; // prettier-ignore

const LINK_FLAGS = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : ['-lm'];

/** What has to be compiled: [source, object, further flags]. */
function units() {
  const inFolder = (folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.c'))
      .sort()
      .map((name) => join(folder, name));
  const sets = Object.entries(INSTRUCTION_SETS[process.arch] ?? { plain: ['-DVEC_PLAIN'] });
  return [
    ...inFolder(source).map((file) => [file, `${basename(file, '.c')}.o`, ['-isystem', nodeApi.include_dir]]),
    ...inFolder(join(source, 'simd')).flatMap((file) =>
      sets.map(([name, flags]) => [file, `${basename(file, '.c')}-${name}.o`, flags]),
    ),
  ];
}

/** Runs as many compilers as there are cores. */
async function compileAll(list) {
  const waiting = [...list];
  const worker = async () => {
    for (let unit = waiting.shift(); unit !== undefined; unit = waiting.shift()) {
      const [file, object, flags] = unit;
      await run(compiler, [...FLAGS, ...flags, '-c', file, '-o', join(objects, object)]);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

async function build() {
  rmSync(objects, { recursive: true, force: true });
  mkdirSync(objects, { recursive: true });
  const list = units();
  await compileAll(list);
  const parts = list.map(([, object]) => join(objects, object));
  // Renamed into its place, for a process may have the file before it loaded.
  const made = join(objects, 'medgan.node');
  await run(compiler, ['-shared', '-pthread', '-o', made, ...parts, ...LINK_FLAGS]);
  renameSync(made, target);
  rmSync(objects, { recursive: true, force: true });
  process.stdout.write(`built ${target}\n`);
}

try {
  await run(compiler, ['--version']);
} catch {
  process.stdout.write(
    `no C compiler: ${compiler} cannot be run, so the native engine is left out and engine: onnx computes instead ` +
      `(to have it: install gcc or clang, or name a compiler in CC, then npm run build:native)\n`,
  );
  process.exit(failed);
}
try {
  await build();
} catch (error) {
  process.stderr.write(
    `the native engine does not compile with ${compiler}, so engine: onnx computes instead:\n` +
      `${error.stderr ?? error.message}\n`,
  );
  process.exit(failed);
}
