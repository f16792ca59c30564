import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeSafetensorsFile } from '@medgan/weights';
import { recipesOf } from '../recipes.ts';
import { ROOT, placeOf, readPages } from './pages.ts';

/** Blocks without a name to be written under: those with one are recipes, which `docs-*.test.ts` put to use. */
const snippets = readPages()
  .flatMap((page) => page.blocks)
  .filter(
    ({ language, file, marks }) =>
      ['ts', 'js'].includes(language) &&
      file === undefined &&
      marks.notRun === undefined &&
      marks.typedOnly === undefined,
  );

const TSX = pathToFileURL(join(ROOT, 'node_modules/tsx/dist/esm/index.mjs')).href;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'medgan-snippets-'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'grid.png'), '');
  // The layer that packages/weights/README.md reads, under the name it gives the file: content tells the kind.
  await writeSafetensorsFile(
    join(folder, 'generator.pth'),
    new Map([['module.main.0.weight', { dtype: 'F32', shape: [2, 3, 4, 4], data: new Float32Array(96) }]]),
  );
  for (const { name, text } of recipesOf('docs/plugins.md')) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'my-gan.ts'), "export { default } from './my-gan.mjs';\n");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('there are some', () => expect(snippets.length).toBeGreaterThanOrEqual(5));

it.each(snippets.map((block) => [placeOf(block), block] as const))('%s runs', (place, block) => {
  const file = join(folder, `${place.replace(/\W+/g, '-')}.ts`);
  writeFileSync(file, `${block.marks.given ?? ''}\n${block.text}\n`);
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--conditions=@medgan/source', '--import', TSX, file],
    { cwd: folder, encoding: 'utf8' },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
