import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { readPlugin } from '../catalogue/read-plugin.mjs';
import { scaffoldPlugin } from './plugin.mjs';

/** @type {import('@nx/devkit').Tree} */
let tree;
beforeEach(() => {
  tree = createTreeWithEmptyWorkspace({ formatter: 'none' });
  for (const name of ['models', 'objectives', 'data', 'metrics', 'classifiers'])
    tree.write(`packages/${name}/src/index.ts`, "export * from './catalogue.ts';\n");
});

/** Files written and changed by a scaffold. */
async function written(kind, options) {
  const before = new Map(tree.listChanges().map(({ path, content }) => [path, `${content}`]));
  await scaffoldPlugin(tree, kind, options);
  return tree
    .listChanges()
    .filter(({ path, content }) => before.get(path) !== `${content}`)
    .map(({ path }) => path)
    .sort();
}

const textOf = (path) => tree.read(path, 'utf8');

const INSIDE = [
  ['architecture', 'models', '', 'myPlugin'],
  ['objective', 'objectives', '', 'myPlugin'],
  ['dataset', 'data', 'datasets/', 'myPlugin'],
  ['augmentation', 'data', 'augmentations/', 'myPlugin'],
  ['metric', 'metrics', '', 'myPluginMetric'],
];

describe.each(INSIDE)('a new %s', (kind, home, folder, exported) => {
  const plugin = `packages/${home}/src/${folder}my-plugin.ts`;

  it('comes with its test, its export and its line on the page', async () => {
    const core = `packages/${home}/src/functional/my-plugin`;
    const own =
      kind === 'metric'
        ? [plugin, `${core}.ts`, `${core}.test.ts`, 'packages/metrics/src/index.ts']
        : [plugin, plugin.replace('.ts', '.test.ts')];
    expect(await written(kind, { name: 'my-plugin' })).toEqual(
      [...own, `packages/${home}/src/catalogue.ts`, 'docs/catalogue.md'].sort(),
    );
    expect(readPlugin(plugin, textOf(plugin))).toMatchObject({ kind, name: 'my-plugin' });
    expect(textOf(`packages/${home}/src/catalogue.ts`)).toMatch(
      new RegExp(`^export \\{ default as ${exported}[ ,].*'\\./${folder}my-plugin\\.ts';$`, 'm'),
    );
    expect(textOf('docs/catalogue.md')).toContain(`- [\`my-plugin\`](../${plugin}): `);
    for (const { content } of tree.listChanges()) expect(`${content}`).not.toContain('<%');
  });

  it.each(['studies/one', '../studies'])(
    'is one file that imports packages only, in %s',
    async (directory) => {
      const path = `${directory}/my-plugin.ts`;
      expect(await written(kind, { name: 'my-plugin', directory })).toEqual([path]);
      const text = textOf(path);
      expect(readPlugin('my-plugin.ts', text)).toMatchObject({ kind, name: 'my-plugin' });
      expect([...text.matchAll(/from '(.*)'/g)].map(([, from]) => from)).toEqual(
        expect.arrayContaining(['@medgan/plugin-api']),
      );
      expect(text).not.toMatch(/from '\./);
    },
  );

  it('is refused under the name of another, which stays', async () => {
    await scaffoldPlugin(tree, kind, { name: 'my-plugin' });
    tree.write(plugin, `${textOf(plugin)}// mine\n`);
    await expect(scaffoldPlugin(tree, kind, { name: 'my-plugin' })).rejects.toThrow(
      `[medgan] the ${kind} my-plugin exists: ${plugin}\n  cure: choose another name`,
    );
    await expect(scaffoldPlugin(tree, kind, { name: 'my-plugin', directory: 'd' })).rejects.toThrow('exists');
    expect(textOf(plugin)).toMatch(/\/\/ mine\n$/);
  });
});

describe('a name', () => {
  const refusalOf = async (name, kind = 'objective') =>
    scaffoldPlugin(tree, kind, { name }).then(
      () => 'written',
      ({ message }) => message,
    );

  it.each([
    ['MyLoss', 'my-loss'],
    ['my_loss', 'my-loss'],
    [' my loss ', 'my-loss'],
    ['my--loss', 'my-loss'],
    ['2nd-loss', 'nd-loss'],
  ])('%j is refused, with the nearest that would do', async (name, near) => {
    expect(await refusalOf(name)).toBe(
      `[medgan] the objective cannot be called ${JSON.stringify(name)}: names are kebab-case\n  cure: did you mean ${near}?`,
    );
  });

  it.each(['', '../x', 'x/y', 'é'])('%j is refused', async (name) => {
    expect(await refusalOf(name)).toContain('names are kebab-case\n  cure: ');
    expect(tree.exists('packages/objectives/src/catalogue.ts')).toBe(false);
  });

  it('that is a word of TypeScript is refused', async () => {
    expect(await refusalOf('class', 'metric')).toBe(
      '[medgan] the metric cannot be called class: that is a word of TypeScript\n  cure: use class-metric',
    );
  });

  it('that is the alias of another is refused', async () => {
    await scaffoldPlugin(tree, 'objective', { name: 'soft' });
    const path = 'packages/objectives/src/soft.ts';
    tree.write(path, textOf(path).replace("name: 'soft',", "name: 'soft', aliases: ['softer'],"));
    expect(await refusalOf('softer')).toContain(
      'the objective softer exists: packages/objectives/src/soft.ts\n  cure: choose another name; this one is an alias of soft',
    );
  });

  it('that its package exports for something else is refused', async () => {
    tree.write('packages/metrics/src/index.ts', "export { minMax } from './functional/min-max.ts';\n");
    expect(await refusalOf('min-max', 'metric')).toBe(
      '[medgan] @medgan/metrics exports a minMax already: packages/metrics/src/index.ts\n  cure: choose another name',
    );
    await scaffoldPlugin(tree, 'augmentation', { name: 'turns' });
    expect(await refusalOf('turns', 'dataset')).toContain('exports a turns already');
  });

  it('whose file exists is refused', async () => {
    tree.write('packages/metrics/src/functional/plane.ts', '');
    expect(await refusalOf('plane', 'metric')).toContain('packages/metrics/src/functional/plane.ts exists');
    tree.write('packages/objectives/src/half.test.ts', '');
    expect(await refusalOf('half')).toContain('packages/objectives/src/half.test.ts exists');
    expect(tree.exists('packages/objectives/src/half.ts')).toBe(false);
  });
});
