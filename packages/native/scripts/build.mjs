// Compiles the native engine with the C compiler of this machine: CC, else cc.
//   node scripts/build.mjs             fails without a compiler
//   node scripts/build.mjs --optional  says why it cannot be compiled, and leaves the engine out
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildAddon, LINK_FLAGS } from './build-addon.mjs';
import { CC, cc, root } from './compile.mjs';

const objects = join(root, 'build', 'objects');
const target = join(root, 'build', 'medgan.node');
const failed = process.argv.includes('--optional') ? 0 : 1;

async function build() {
  rmSync(objects, { recursive: true, force: true });
  mkdirSync(objects, { recursive: true });
  const made = await buildAddon({ compiler: CC, objects, link: LINK_FLAGS[process.platform] ?? [] });
  // Renamed into its place, for a process may have the file before it loaded.
  renameSync(made, target);
  rmSync(objects, { recursive: true, force: true });
  process.stdout.write(`built ${target}\n`);
}

try {
  await cc(CC, ['--version']);
} catch {
  process.stdout.write(
    `no C compiler: ${CC.command.join(' ')} cannot be run, so the native engine is left out and engine: onnx computes instead ` +
      `(to have it: install gcc or clang, or name a compiler in CC, then npm run build:native)\n`,
  );
  process.exit(failed);
}
try {
  await build();
} catch (error) {
  process.stderr.write(
    `the native engine does not compile with ${CC.command.join(' ')}, so engine: onnx computes instead:\n` +
      `${error.stderr ?? error.message}\n`,
  );
  process.exit(failed);
}
