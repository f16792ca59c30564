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

/** The C compiler of this machine. */
export const compiler = process.env['CC'] || 'cc';

/** @param {readonly string[]} args */
export const cc = (args) => run(compiler, [...args]);

/**
 * Every instruction set of an architecture; the add-on chooses the widest that the processor has.
 * @type {Record<string, Record<string, string[]>>}
 */
const INSTRUCTION_SETS = {
  x64: {
    avx512: ['-mavx512f', '-mavx2', '-mfma', '-mprefer-vector-width=512'],
    avx2: ['-mavx2', '-mfma'],
    plain: ['-DVEC_PLAIN'],
  },
  arm64: { neon: [], plain: ['-DVEC_PLAIN'] },
};

/** The same bits on all processors: nothing is fused or reordered that the sources do not say. */
const SAME_BITS = ['-ffp-contract=off', '-fno-math-errno', '-fno-trapping-math'];

const FLAGS = [
  '-std=gnu11',
  '-fPIC',
  '-fvisibility=hidden',
  '-pthread',
  '-Wall',
  '-Wextra',
  '-Werror',
  ...SAME_BITS,
];

/** @param {string} folder */
export const filesIn = (folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.c'))
    .sort()
    .map((name) => join(folder, name));

/**
 * Files of src/simd for every instruction set of this machine: [source, name of the object, flags].
 * @returns {[string, string, string[]][]}
 */
export function simdUnits() {
  const sets = Object.entries(INSTRUCTION_SETS[process.arch] ?? { plain: ['-DVEC_PLAIN'] });
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
 * @param {{ objects: string, flags: readonly string[] }} how `objects` is the folder that takes them
 */
export async function compileAll(units, { objects, flags }) {
  const waiting = [...units];
  const worker = async () => {
    for (let unit = waiting.shift(); unit !== undefined; unit = waiting.shift()) {
      const [file, object, own] = unit;
      await cc([...FLAGS, ...flags, ...own, '-c', file, '-o', join(objects, object)]);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return units.map(([, object]) => join(objects, object));
}
