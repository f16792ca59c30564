import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { dump, load } from 'js-yaml';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readControl, readGeneratorControl } from '@medgan/runs';
import { medgan } from '../medgan.ts';
import { recipesOf } from '../recipes.ts';
import { ROOT, placeOf, readPages, type Block } from './pages.ts';

type Keys = Readonly<Record<string, unknown>>;

const blocks = readPages()
  .flatMap((page) => page.blocks)
  .filter(({ language, marks }) => language === 'yaml' && marks.notRun === undefined);

const keysOf = (block: Block): Keys => load(block.text) as Keys;
const isStudy = (keys: Keys): boolean => 'vary' in keys || 'published' in keys || 'question' in keys;
const fileOf = (block: Block): string => placeOf(block).replace(/\W+/g, '-');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'medgan-docs-yaml-'));
  cpSync(join(ROOT, 'experiments/base'), join(folder, 'base'), { recursive: true });
  for (const { name, text } of recipesOf('docs/plugins.md')) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (block: Block, text: string): string => {
  const file = join(folder, `${fileOf(block)}.yaml`);
  writeFileSync(file, text);
  return file;
};

/** A part of a control file stands for the file with the least that makes it whole. */
const whole = (keys: Keys, text: string): string =>
  'arch' in keys ? text : `arch: DCGAN\n${'path' in keys ? '' : 'path: /data/lesions\n'}${text}`;

const controls = blocks.filter((block) => !isStudy(keysOf(block)));
const withPlugins = controls.filter((block) => 'plugins' in keysOf(block));

it.each(
  controls.filter((block) => !withPlugins.includes(block)).map((block) => [placeOf(block), block] as const),
)('control file: %s', async (_place, block) => {
  const keys = keysOf(block);
  const text = whole(keys, block.text);
  const file = write(block, text);
  if (readGeneratorControl({ file, text, force: false }, [])) return;
  const { control } = await readControl(file, []);
  // Relative inputs are made absolute: they start at the folder of the control file.
  const asWritten = JSON.stringify(control).replaceAll(`${folder}${sep}`, '');
  expect(JSON.parse(asWritten)).toMatchObject(keys);
});

it('control files with plugins: the whole step is traced', { timeout: 120_000 }, async () => {
  // A package as somebody might have installed it, for the name that the docs give as an example.
  const installed = join(folder, 'node_modules/medgan-plugin-x');
  mkdirSync(installed, { recursive: true });
  writeFileSync(
    join(installed, 'package.json'),
    JSON.stringify({ name: 'medgan-plugin-x', version: '1.0.0', type: 'module', exports: './index.mjs' }),
  );
  cpSync(join(folder, 'difference.mjs'), join(installed, 'index.mjs'));
  expect(withPlugins.map(({ page }) => page)).toContain('docs/plugins.md');
  for (const block of withPlugins) {
    const small = ['gen_feature_maps=1', 'dis_feature_maps=1', 'batch_size=2', 'latent_vector=2'];
    const { code, stderr } = await medgan(
      ...['engine', 'show', write(block, block.text), ...small.flatMap((each) => ['--set', each])],
    );
    expect({ place: placeOf(block), code, stderr }).toEqual({ place: placeOf(block), code: 0, stderr: '' });
  }
});

it('studies: every trial is checked', { timeout: 120_000 }, async () => {
  const studies = blocks.filter((block) => isStudy(keysOf(block)));
  const files = studies.map((block) => {
    const keys = keysOf(block);
    const least = {
      title: 'A study',
      question: 'What is the least of it?',
      base: { arch: 'DCGAN', num_epochs: 200 },
    };
    return write(block, 'title' in keys ? block.text : dump({ ...least, ...keys }));
  });
  expect(files.length).toBeGreaterThan(1);
  const { code, stderr } = await medgan('experiment', 'run', ...files, '--dry-run', '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});
