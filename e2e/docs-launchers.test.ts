import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { medgan } from './medgan.ts';
import { recipesOf } from './recipes.ts';
import { makeCluster } from './kubernetes.ts';

const files = recipesOf('docs/launchers.md');

let folder: string;
let submitted: string;
const path = process.env['PATH'];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'medgan-launchers-'));
  mkdirSync(join(folder, 'cluster'));
  for (const { name, text } of files) writeFileSync(join(folder, 'cluster', name), text);
  const cluster = makeCluster(join(folder, 'bin'));
  submitted = cluster.submitted;
  process.env['PATH'] = cluster.path;
});
afterAll(() => {
  process.env['PATH'] = path;
  rmSync(folder, { recursive: true, force: true });
});

const study = (name: string, text: string): string => {
  writeFileSync(join(folder, name), `title: Far\nquestion: Does it run elsewhere?\n${text}`);
  return join(folder, name);
};

const BASE = `base:
  arch: DCGAN
  gen_feature_maps: 2
  dis_feature_maps: 2
  latent_vector: 2
  batch_size: 4
  dataset_options: { count: 4 }
  sample_count: 4
  max_steps: 2
  cache: ''
`;

it.skipIf(process.platform === 'win32')(
  'docs/launchers.md: the launcher it shows trains a study',
  async () => {
    expect(files.map(({ name }) => name)).toEqual(['kubernetes.mjs']);
    const ran = await medgan(
      ...['experiment', 'run', study('far.yaml', BASE), '--out', folder, '--set', 'threads=3'],
      ...['--launcher', join(folder, 'cluster/kubernetes.mjs')],
      ...['--launcher-option', 'poll_seconds=0.1', '--launcher-option', 'image=registry/medgan'],
    );
    expect(ran, ran.stderr).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(submitted, 'utf8')).toMatch(/"image":"registry\/medgan".*"limits":\{"cpu":3\}/);
    expect(readFileSync(join(folder, 'far/base/trial.log'), 'utf8')).toContain('step 2/2');
    expect(JSON.parse(readFileSync(join(folder, 'far/base/result.json'), 'utf8'))).toMatchObject({
      status: 'finished',
    });
  },
);

it('takes a launcher by the name of a plugin, named in the folder of a file that the study extends', async () => {
  writeFileSync(join(folder, 'cluster/here.yaml'), 'base: { plugins: [./kubernetes.mjs] }\n');
  const file = study('by-name.yaml', `extends: ./cluster/here.yaml\n${BASE}`);
  const shown = await medgan(
    'experiment',
    'run',
    file,
    '--launcher',
    'kubernetes',
    '--dry-run',
    '--json',
    '--seeds',
    '3,4',
  );
  expect(shown, shown.stderr).toMatchObject({ code: 0, stderr: '' });
  const [{ trials }] = JSON.parse(shown.stdout) as [{ trials: { config: object }[] }];
  const plugins = [join(folder, 'cluster/kubernetes.mjs')];
  expect(trials.map(({ config }) => config)).toMatchObject([
    { seed: 3, plugins },
    { seed: 4, plugins },
  ]);
});

it('refuses a launcher that there is not, that is none, and an option that it has not', async () => {
  const file = study('refused.yaml', BASE);
  writeFileSync(join(folder, 'none.mjs'), 'export const nothing = 0;');
  const kubernetes = join(folder, 'cluster/kubernetes.mjs');
  for (const [args, message] of [
    [
      ['--launcher', 'locale'],
      'no launcher is called "locale"; known: local, slurm\n  cure: did you mean "local"?',
    ],
    [['--launcher', join(folder, 'none.mjs')], 'none.mjs: it exports no plugin'],
    [['--launcher', kubernetes, '--launcher-option', 'imaeg=medgan'], 'did you mean "image"?'],
  ] as const) {
    const { code, stderr } = await medgan('experiment', 'run', file, '--dry-run', ...args);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  }
});

it('lists launchers among the plugins, and hands in no job to test one', async () => {
  const kubernetes = join(folder, 'cluster/kubernetes.mjs');
  const listed = await medgan('plugins', kubernetes);
  expect(listed.stdout).toMatch(
    /\| launcher +\| local +\|[^]*\| launcher +\| slurm +\|[^]*\| launcher +\| kubernetes +\|/,
  );
  const tested = await medgan('plugins', 'test', kubernetes);
  expect(tested).toMatchObject({ code: 0, stderr: '' });
  expect(tested.stdout).toContain('there is no contract suite for its kind');
});
