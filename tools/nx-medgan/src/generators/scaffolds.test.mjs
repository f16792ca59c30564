import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { flushChanges, FsTree } from 'nx/src/generators/tree.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyRepository } from '../../test/copy-repository.mjs';

const REPOSITORY = fileURLToPath(new URL('../../../../', import.meta.url));
const require = createRequire(import.meta.url);
const { generators } = require('../../generators.json');

let folder;
let copy;
const written = [];
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'medgan-scaffolds-')));
  copy = join(folder, 'repository');
  copyRepository(REPOSITORY, copy);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a program of the copy in it, as a user would: without what an enclosing Nx or vitest has set. */
async function node(...args) {
  const inherited = Object.entries(process.env).filter(
    ([key]) => !/^(NX_|VITEST|FORCE_COLOR|NODE_OPTIONS)/.test(key),
  );
  const env = {
    ...Object.fromEntries(inherited),
    NO_COLOR: '1',
    // The copy has no reference data beside it, which CI would demand of the tests that are run here.
    CI: '',
    NX_DAEMON: 'false',
    NX_TUI: 'false',
    NX_ISOLATE_PLUGINS: 'false',
    MEDGAN_CACHE: join(copy, 'cache'),
  };
  const run = promisify(execFile)(process.execPath, args, { cwd: copy, env, maxBuffer: 1 << 26 });
  return run.catch(({ stdout, stderr }) => {
    throw new Error(`node ${args.join(' ')}\n${stdout}\n${stderr}`);
  });
}

/** What Nx does once it has read the options: a second each is saved by not starting it. */
async function generate(kind, options) {
  const [file, exported] = generators[kind].factory.split('#');
  const tree = new FsTree(copy, false);
  await require(join('../..', file))[exported](tree, options);
  const changes = tree.listChanges();
  flushChanges(copy, changes);
  written.push(...changes.filter(({ type }) => type === 'CREATE').map(({ path }) => path));
}

const PLUGINS = {
  architecture: 'scaffold-gan',
  objective: 'scaffold-loss',
  dataset: 'scaffold-images',
  augmentation: 'scaffold-shift',
  metric: 'scaffold-error',
};

/** A plugin beside the copy. */
const OUTSIDE = 'scaffold-far';

// One after the other: each goes on with what the ones before it wrote.
describe('what the generators write', { sequential: true, timeout: 300_000 }, () => {
  it('comes of nx g, dry and for real', async () => {
    const nx = [
      'node_modules/nx/dist/bin/nx.js',
      'g',
      '@medgan/nx-medgan:architecture',
      PLUGINS.architecture,
    ];
    const dry = await node(...nx, '--dry-run');
    expect(dry.stdout).toContain('CREATE packages/models/src/scaffold-gan.ts');
    expect(() => readFileSync(join(copy, 'packages/models/src/scaffold-gan.ts'))).toThrow('ENOENT');
    const real = await node(...nx);
    expect(real.stdout).toContain('It works. Now make it yours: packages/models/src/scaffold-gan.ts');
    written.push('packages/models/src/scaffold-gan.ts', 'packages/models/src/scaffold-gan.test.ts');
  });

  it('comes of every other generator, in packages and as single files', async () => {
    for (const [kind, name] of Object.entries(PLUGINS).filter(([kind]) => kind !== 'architecture'))
      await generate(kind, { name });
    for (const [kind, name] of Object.entries(PLUGINS))
      await generate(kind, { name: `${name}-alone`, directory: 'study' });
    await generate('metric', { name: OUTSIDE, directory: '..' });
    expect(written.pop()).toBe(`../${OUTSIDE}.ts`);
    await generate('experiment', {
      name: 'scaffold-study',
      question: 'Does it train?',
      arch: PLUGINS.architecture,
      vary: 'latent_vector=4,8',
    });
    const known = [...Object.keys(PLUGINS), 'experiment', 'catalogue'].sort();
    expect(Object.keys(generators).sort()).toEqual(known);
    expect(written).toHaveLength(17);
  });

  it('has the types, lint and format of the repository', async () => {
    const catalogues = ['models', 'objectives', 'data', 'metrics'].map(
      (name) => `packages/${name}/src/catalogue.ts`,
    );
    const files = [...written, ...catalogues, 'packages/metrics/src/index.ts', 'docs/catalogue.md'];
    await node('tools/nx-medgan/test/check-files.mjs', ...files);
  });

  it('passes its own tests and the contracts, because it is registered', async () => {
    const contracts = ['models', 'objectives', 'metrics', 'data', 'data/src/augmentations'].map(
      (folder) => `packages/${folder.includes('/') ? folder : `${folder}/src`}/contract.test.ts`,
    );
    const tests = [...written.filter((file) => file.endsWith('.test.ts')), ...contracts];
    const report = join(copy, 'report.json');
    await node(
      ...['node_modules/vitest/vitest.mjs', 'run', ...tests, 'packages/runs/src/trial/experiments.test.ts'],
      ...['--testNamePattern', 'scaffold-', '--no-isolate', '--maxWorkers', '1'],
      ...['--reporter', 'json', '--outputFile', report],
    );
    const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
    const passed = testResults.map(({ name, assertionResults }) => [
      name.slice(copy.length + 1),
      assertionResults.filter(({ status }) => status === 'passed').length,
    ]);
    expect(passed).toHaveLength(tests.length + 1);
    expect(passed.filter(([, count]) => count === 0)).toEqual([]);
  });

  it('keeps its contract outside of the repository too', async () => {
    const files = [...Object.values(PLUGINS).map((name) => `./study/${name}-alone.ts`), `../${OUTSIDE}.ts`];
    const { stdout } = await node('packages/cli/bin/medgan.mjs', 'plugins', 'test', ...files);
    expect(stdout.match(/^✓/gm)).toHaveLength(files.length);
  });

  it('trains together', async () => {
    const study = ['packages/cli/bin/medgan.mjs', 'experiment', 'run', 'scaffold-study'];
    const { stdout } = await node(...study, '--dry-run', '--json');
    expect(JSON.parse(stdout)).toBeTruthy();
    const settings = [
      `dataset=${PLUGINS.dataset}`,
      `objective=${PLUGINS.objective}`,
      `augment=[${PLUGINS.augmentation}]`,
      `best_metric=${PLUGINS.metric}`,
      ...['image_size=32', 'subset=8', 'batch_size=4', 'gen_feature_maps=2', 'dis_feature_maps=2'],
      ...['max_steps=3', 'evaluate_every=3', 'sample_count=4', 'threads=1'],
    ];
    await node(...study, '--out', 'runs', ...settings.flatMap((setting) => ['--set', setting]));
    const { trials } = JSON.parse(readFileSync(join(copy, 'runs/scaffold-study/trials.json'), 'utf8'));
    expect(trials.map(({ state }) => state)).toEqual(['finished', 'finished']);
  });
});
