// Compiles the add-on for every platform on this machine, by zig's C compiler (a package of PyPI):
//   node scripts/platforms.mjs [platform…]
// Writes a package for npm per platform: platforms/<platform>/{package.json,medgan.node}. ZIG names another zig than the
// pinned one, which is installed into build/zig.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import nodeApi from 'node-api-headers';
import { buildAddon, LINK_FLAGS } from './build-addon.mjs';
import { cc, root } from './compile.mjs';

/**
 * Platforms by the names of their packages: @medgan/native-<name>. glibc 2.17 is of 2012.
 * @type {Record<string, { target: string, os: string, arch: string, libc?: string }>}
 */
const PLATFORMS = {
  'linux-x64-gnu': { target: 'x86_64-linux-gnu.2.17', os: 'linux', arch: 'x64', libc: 'glibc' },
  'linux-arm64-gnu': { target: 'aarch64-linux-gnu.2.17', os: 'linux', arch: 'arm64', libc: 'glibc' },
  'darwin-arm64': { target: 'aarch64-macos', os: 'darwin', arch: 'arm64' },
  'darwin-x64': { target: 'x86_64-macos', os: 'darwin', arch: 'x64' },
  'win32-x64': { target: 'x86_64-windows-gnu', os: 'win32', arch: 'x64' },
};

const run = (/** @type {string} */ file, /** @type {string[]} */ args) =>
  execFileSync(file, args, { stdio: 'inherit' });

/** @returns {string[]} the command of zig */
function findZig() {
  if (process.env['ZIG']) return process.env['ZIG'].split(' ');
  const folder = join(root, 'build', 'zig');
  const python = join(folder, 'bin', 'python');
  if (!existsSync(python)) {
    run('python3', ['-m', 'venv', folder]);
    run(python, [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--require-hashes',
      '-r',
      join(root, 'scripts', 'zig.txt'),
    ]);
  }
  return [python, '-m', 'ziglang'];
}

/** The symbols of node.exe, for the linker of Windows. @param {string[]} zig @param {string} folder */
async function nodeLibrary(zig, folder) {
  const library = join(folder, 'node.lib');
  const definitions = nodeApi.def_paths.node_api_def;
  await cc({ command: zig, arch: '' }, ['dlltool', '-m', 'i386:x86-64', '-d', definitions, '-l', library]);
  return library;
}

/** @param {string} name */
function describe(name) {
  const { os, arch, libc } = PLATFORMS[name];
  const { version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return {
    name: `@medgan/native-${name}`,
    version,
    description: `The native engine of MedImageGAN for ${name}`,
    license,
    main: 'medgan.node',
    files: ['medgan.node'],
    os: [os],
    cpu: [arch],
    ...(libc && { libc: [libc] }),
  };
}

/** @param {string} name @param {string[]} zig */
async function buildPlatform(name, zig) {
  const { target, os, arch } = PLATFORMS[name];
  const folder = join(root, 'platforms', name);
  const objects = join(folder, 'objects');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(objects, { recursive: true });
  const spelling = { '-march=x86-64-v4': '-march=x86_64_v4' };
  const compiler = { command: [...zig, 'cc', '-target', target], arch, spelling };
  const link = os === 'win32' ? [await nodeLibrary(zig, objects)] : [...LINK_FLAGS[os], '-Wl,-s'];
  const made = await buildAddon({ compiler, objects, link });
  renameSync(made, join(folder, 'medgan.node'));
  rmSync(objects, { recursive: true });
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(describe(name), undefined, 2)}\n`);
  cpSync(join(root, '..', '..', 'LICENSE'), join(folder, 'LICENSE'));
  const isHere = os === process.platform && arch === process.arch;
  const seen = isHere ? `loaded, ${createRequire(import.meta.url)(folder).instructionSet}` : 'linked';
  process.stdout.write(`@medgan/native-${name}: ${seen}\n`);
}

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(PLATFORMS);
const unknown = wanted.find((name) => !(name in PLATFORMS));
if (unknown !== undefined) {
  process.stderr.write(`${unknown} is none of ${Object.keys(PLATFORMS).join(', ')}\n`);
  process.exit(2);
}
const zig = findZig();
for (const name of wanted) await buildPlatform(name, zig);
