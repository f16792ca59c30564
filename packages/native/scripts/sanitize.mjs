// Compiles the programs of test/ with AddressSanitizer and UndefinedBehaviorSanitizer, against all kernels:
//   node scripts/sanitize.mjs <folder to write them into>
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CC, cc, compileAll, filesIn, root, simdUnits, source, unitsOf } from './compile.mjs';

const SANITIZE = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
const PROGRAMS = ['kernels-test', 'programs-test'];

const folder = process.argv[2];
if (folder === undefined) {
  process.stderr.write('usage: node scripts/sanitize.mjs <folder>\n');
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const flags = ['-O1', '-g', ...SANITIZE];
const files = filesIn(source).filter((file) => !basename(file).startsWith('addon'));
const kernels = await compileAll([...unitsOf(files, []), ...simdUnits(process.arch)], {
  compiler: CC,
  objects: folder,
  flags,
});
// A file of test/ may have the name of one of src/.
const tests = unitsOf(filesIn(join(root, 'test')), ['-I', source]).map(
  ([file, object, own]) => /** @type {[string, string, string[]]} */ ([file, `test-${object}`, own]),
);
const compiled = await compileAll(tests, { compiler: CC, objects: folder, flags });
for (const program of PROGRAMS) {
  const others = PROGRAMS.filter((other) => other !== program).map((other) => `test-${other}.o`);
  const parts = compiled.filter((object) => !others.includes(basename(object)));
  await cc(CC, [...SANITIZE, '-pthread', '-o', join(folder, program), ...kernels, ...parts, '-lm']);
}
