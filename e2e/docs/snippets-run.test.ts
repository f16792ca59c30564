import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeSafetensorsFile } from '@medgan/weights';
import { recipesOf } from '../recipes.ts';
import { ROOT, placeOf, readPages } from './pages.ts';
import { runSnippet } from './run-snippet.ts';

/** Blocks without a name to be written under: those with one are recipes, which `docs-*.test.ts` put to use. */
const all = readPages()
  .flatMap((page) => page.blocks)
  .filter(({ language, file }) => ['ts', 'js'].includes(language) && file === undefined);
const snippets = all.filter(
  ({ marks: { notRun, typedOnly, runBy } }) => (notRun ?? typedOnly ?? runBy) === undefined,
);

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'medgan-snippets-'));
  cpSync(join(ROOT, 'experiments'), join(folder, 'experiments'), { recursive: true });
  writeFileSync(join(folder, 'grid.png'), '');
  // The layer that packages/weights/README.md reads, under the name it gives the file: its content shows its kind.
  await writeSafetensorsFile(
    join(folder, 'generator.pth'),
    new Map([['module.main.0.weight', { dtype: 'F32', shape: [2, 3, 4, 4], data: new Float32Array(96) }]]),
  );
  for (const { name, text } of recipesOf('docs/plugins.md')) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'my-gan.ts'), "export { default } from './my-gan.mjs';\n");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('there are some', () => expect(snippets.length).toBeGreaterThanOrEqual(5));

it('the tests that are named for the others take them from their page', () => {
  const strange = all.filter(
    ({ page, marks: { runBy } }) =>
      runBy !== undefined && !readFileSync(join(ROOT, runBy), 'utf8').includes(`'${page}'`),
  );
  expect(strange.map(placeOf)).toEqual([]);
});

it.each(snippets.map((block) => [placeOf(block), block] as const))('%s runs', (_place, block) => {
  expect(runSnippet(block, folder)).toEqual({ status: 0, stderr: '' });
});
