// Compiles the native engine with the C compiler of this machine: CC, else cc.
//   node scripts/build.mjs             fails without a compiler
//   node scripts/build.mjs --optional  says why it cannot be compiled, and leaves the engine out
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import nodeApi from 'node-api-headers';
import { cc, compileAll, compiler, filesIn, root, simdUnits, source, unitsOf } from './compile.mjs';

const objects = join(root, 'build', 'objects');
const target = join(root, 'build', 'medgan.node');
const failed = process.argv.includes('--optional') ? 0 : 1;

const LINK_FLAGS = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : ['-lm'];

async function build() {
  rmSync(objects, { recursive: true, force: true });
  mkdirSync(objects, { recursive: true });
  const units = [...unitsOf(filesIn(source), ['-isystem', nodeApi.include_dir]), ...simdUnits()];
  const parts = await compileAll(units, { objects, flags: ['-O3'] });
  // Renamed into its place, for a process may have the file before it loaded.
  const made = join(objects, 'medgan.node');
  await cc(['-shared', '-pthread', '-o', made, ...parts, ...LINK_FLAGS]);
  renameSync(made, target);
  rmSync(objects, { recursive: true, force: true });
  process.stdout.write(`built ${target}\n`);
}

try {
  await cc(['--version']);
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
