import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { medgan } from './medgan.ts';
import { recipesOf } from './recipes.ts';

const files = recipesOf('docs/plugins.md');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'medgan-recipes-'));
  for (const { name, text } of files) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('docs/plugins.md: every plugin it shows keeps the contract of its kind', async () => {
  expect(files.map(({ name }) => name)).toEqual([
    'my-gan.mjs',
    'difference.mjs',
    'invert.ts',
    'colours.mjs',
    'mean-error.mjs',
    'mean-colour.mjs',
    'mean-distance.mjs',
    'by-name.mjs',
    'stripes.mjs',
  ]);
  const { code, stdout } = await medgan('plugins', 'test', ...files.map(({ name }) => join(folder, name)));
  expect(stdout.match(/^✓/gm), stdout).toHaveLength(files.length);
  expect(code).toBe(0);
});

it('docs/plugins.md: the plugins it shows train together', async () => {
  writeFileSync(
    join(folder, 'all.yaml'),
    `arch: my-gan
plugins: [./my-gan.mjs, ./difference.mjs, ./invert.ts, ./mean-error.mjs, ./mean-colour.mjs, ./mean-distance.mjs, ./stripes.mjs]
objective: difference
objective_options: { margin: 2 }
augment: [invert]
dataset: stripes
dataset_options: { count: 4 }
evaluate_every: 2
best_metric: mean-error
out: ${folder}
run: all
batch_size: 4
latent_vector: 2
gen_feature_maps: 1
dis_feature_maps: 1
max_steps: 3
sample_count: 4
threads: 1
`,
  );
  const ran = await medgan('run', join(folder, 'all.yaml'));
  expect(ran, ran.stderr).toMatchObject({ code: 0, stderr: '' });
  expect(ran.stdout).toContain('8 images of across (4), down (4) at 64 px; my-gan, difference;');
  expect(ran.stdout).toContain('mean-error');
});

it('docs/plugins.md: its features and its metric of image sets choose the best step', async () => {
  const settings = ['run=sets', 'best_metric=mean-distance@mean-colour'];
  const ran = await medgan('run', join(folder, 'all.yaml'), ...settings.flatMap((each) => ['--set', each]));
  expect(ran, ran.stderr).toMatchObject({ code: 0, stderr: '' });
  expect(ran.stdout).toContain('mean-distance@mean-colour');
});
