// How the sources are compiled: each file once, those of src/simd once for every instruction set.
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const source = join(root, 'src');

/**
 * A command that compiles and links C, for one architecture as Node names it; `spelling` has flags that it spells otherwise.
 * @typedef {{ command: readonly string[], arch: string, spelling?: Readonly<Record<string, string>> }} Compiler
 */

/** The C compiler of this machine. */
export const CC = { command: [process.env['CC'] || 'cc'], arch: process.arch };

/**
 * @param {Compiler} compiler
 * @param {readonly string[]} args
 */
export const cc = ({ command: [file = 'cc', ...first] }, args) => run(file, [...first, ...args]);

/**
 * Every instruction set of an architecture; the add-on chooses the widest that the processor has.
 * @type {Record<string, Record<string, string[]>>}
 */
const INSTRUCTION_SETS = {
  x64: {
    // Named by its level: from single features, compilers leave out others that they then miss.
    avx512: ['-march=x86-64-v4', '-mprefer-vector-width=512'],
    avx2: ['-mavx2', '-mfma'],
    plain: ['-DVEC_PLAIN'],
  },
  arm64: { neon: [], plain: ['-DVEC_PLAIN'] },
};

/** The same bits on all processors: nothing is fused or reordered that the sources do not say. */
const SAME_BITS = ['-ffp-contract=off', '-fno-math-errno', '-fno-trapping-math'];

// clang warns of loops that it leaves scalar; gcc does not know the flag and ignores it.
const FLAGS = [
  '-std=gnu11',
  '-fPIC',
  '-fvisibility=hidden',
  '-pthread',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-Wno-pass-failed',
  ...SAME_BITS,
];

/** @param {string} folder */
export const filesIn = (folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.c'))
    .sort()
    .map((name) => join(folder, name));

/**
 * Files of src/simd for every instruction set of an architecture: [source, name of the object, flags].
 * @param {string} arch
 * @returns {[string, string, string[]][]}
 */
export function simdUnits(arch) {
  const sets = Object.entries(INSTRUCTION_SETS[arch] ?? { plain: ['-DVEC_PLAIN'] });
  return filesIn(join(source, 'simd')).flatMap((file) =>
    sets.map(
      ([name, flags]) =>
        /** @type {[string, string, string[]]} */ ([file, `${basename(file, '.c')}-${name}.o`, flags]),
    ),
  );
}

/**
 * Files that are compiled once: [source, name of the object, flags].
 * @param {readonly string[]} files
 * @param {string[]} flags
 * @returns {[string, string, string[]][]}
 */
export const unitsOf = (files, flags) => files.map((file) => [file, `${basename(file, '.c')}.o`, flags]);

/**
 * Compiles as many units at a time as there are cores. @returns the objects.
 * @param {readonly [string, string, string[]][]} units
 * @param {{ compiler: Compiler, objects: string, flags: readonly string[] }} how `objects` is the folder that takes them
 */
export async function compileAll(units, { compiler, objects, flags }) {
  const waiting = [...units];
  const worker = async () => {
    for (let unit = waiting.shift(); unit !== undefined; unit = waiting.shift()) {
      const [file, object, own] = unit;
      const all = [...FLAGS, ...flags, ...own].map((flag) => compiler.spelling?.[flag] ?? flag);
      await cc(compiler, [...all, '-c', file, '-o', join(objects, object)]);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return units.map(([, object]) => join(objects, object));
}
