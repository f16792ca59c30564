import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { FsTree } from 'nx/src/generators/tree.js';
import { describe, expect, it } from 'vitest';
import { remakeCatalogue } from '../generators/catalogue.mjs';
import { exportedNames } from './exported-names.mjs';
import { readPlugin } from './read-plugin.mjs';

const REPOSITORY = fileURLToPath(new URL('../../../../', import.meta.url));

describe('the catalogues of this repository', () => {
  it('are those that its plugins make', async () => {
    const tree = new FsTree(REPOSITORY, false);
    await remakeCatalogue(tree);
    const stale = tree.listChanges().map(({ path }) => path);
    expect(stale, 'run: npx nx g @medgan/nx-medgan:catalogue').toEqual([]);
  });

  it.each([
    ['models', 3],
    ['objectives', 3],
    ['data', 3],
    ['metrics', 3],
    ['classifiers', 1],
  ])('are what @medgan/%s exports, nothing hides a plugin', (name, least) => {
    const read = (file) => readFileSync(`${REPOSITORY}packages/${name}/src/${file}`, 'utf8');
    const plugins = exportedNames(read('catalogue.ts')).filter((each) => !each.endsWith('Options'));
    const others = new Set(exportedNames(read('index.ts')));
    expect(read('index.ts')).toContain("export * from './catalogue.ts';");
    expect(plugins.length).toBeGreaterThanOrEqual(least);
    // `export *` gives way to an export of the same name.
    expect(plugins.filter((plugin) => others.has(plugin))).toEqual([]);
  });
});

describe('a catalogue', () => {
  it('is made anew with what was added, renamed and removed', async () => {
    const tree = createTreeWithEmptyWorkspace({ formatter: 'none' });
    const plugin = (define, name, rest = '') =>
      `export interface Own {}\nexport default ${define}<Own>({\n  name: '${name}', ${rest}\n  summary: 'A b', reference: 'c',\n});\n`;
    tree.write(
      'packages/data/src/sub/first-one.ts',
      plugin('defineDataset', 'first-one', "aliases: ['One'],"),
    );
    tree.write(
      'packages/data/src/flip.ts',
      plugin('defineAugmentation', 'flip').replace('export interface', 'interface'),
    );
    tree.write('packages/data/src/flip.test.ts', plugin('defineAugmentation', 'flop'));
    tree.write('packages/data/src/helper.ts', 'export default defineNothing({ name: 1 });\n');
    await remakeCatalogue(tree);
    const lines = () => tree.read('packages/data/src/catalogue.ts', 'utf8').split('\n').slice(1, -1);
    expect(lines()).toEqual([
      "export { default as flip } from './flip.ts';",
      "export { default as firstOne, type Own } from './sub/first-one.ts';",
    ]);
    expect(tree.read('docs/catalogue.md', 'utf8')).toContain(
      '- [`first-one`](../packages/data/src/sub/first-one.ts), `One`: A b. c\n',
    );
    tree.delete('packages/data/src/flip.ts');
    await remakeCatalogue(tree);
    expect(lines()).toHaveLength(1);
  });
});

describe('a plugin file', () => {
  const read = (text) => readPlugin('packages/models/src/my-gan.ts', text);

  it('is named after its plugin', () => {
    expect(() => read("export default defineArchitecture({ name: 'your-gan' });")).toThrow(
      'packages/models/src/my-gan.ts: the architecture calls itself "your-gan"\n  cure: rename the file to your-gan.ts',
    );
  });

  it('writes its texts out', () => {
    const text = "export default defineArchitecture({ name: 'my-gan', summary: SUMMARY, reference: 'c' });";
    expect(() => read(text)).toThrow('packages/models/src/my-gan.ts: summary is not a plain string');
  });

  it('is no plugin without a default export that defines one', () => {
    expect(read("export default defineSomething({ name: 'my-gan' });")).toBeUndefined();
    expect(
      read("// export default defineArchitecture\nexport const x = defineArchitecture({ name: 'y' });"),
    ).toBeUndefined();
  });
});
