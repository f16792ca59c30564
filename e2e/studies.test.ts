import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { ShownStudy } from '@medgan/experiment-registry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MEDGAN = join(import.meta.dirname, '../packages/cli/bin/medgan.mjs');
const run = promisify(execFile);

let folder: string;
const files = {
  'experiments/base/common.yaml':
    'base: {arch: DCGAN}\nconfigurations: {paper: {base: {dataset: image-folder}}}\n',
  'experiments/latent.yaml': `extends: ./base/common.yaml
title: Latent
question: How long?
vary: {grid: {latent_vector: [8, 16]}}
published: {source: S, stated: [batch size 16], open: [{what: epochs, assumed: '200'}]}
`,
  'experiments/typo.yaml': 'extends: ./base/common.yaml\ntitle: T\nquestion: Q?\nbase: {batch_sise: 3}\n',
  'done/latent/trials.json': JSON.stringify({
    version: 2,
    experiment: 'latent',
    configuration: 'quick',
    trials: [{ state: 'finished' }, { state: 'failed' }],
  }),
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'medgan-studies-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const medgan = (...args: string[]): Promise<{ stdout: string; stderr: string }> =>
  run(process.execPath, [MEDGAN, 'experiment', ...args], { cwd: folder });

describe('medgan experiment list', () => {
  it('shows every study, what of it was run, and what is wrong', async () => {
    const { stdout } = await medgan('list', '--out', 'done');
    expect(stdout).toMatchInlineSnapshot(`
      "| experiment | quick                          | paper    | question              |
      | ---------- | ------------------------------ | -------- | --------------------- |
      | latent     | 2 trials: 1 finished, 1 failed | 2 trials | How long?             |
      | typo       |                                |          | cannot run, see below |

      experiments/typo.yaml: trials that cannot run, so none was started:
        experiments/typo.yaml:4: base.batch_sise: unknown key "batch_sise" (did you mean "batch_size"?) [base]
      "
    `);
  });
});

describe('medgan experiment show', () => {
  it('shows a study by name, without the images it will need', async () => {
    const { stdout } = await medgan('show', 'latent', '--configuration', 'paper', '--seeds', '0,3', '--json');
    const { study, trials, published } = JSON.parse(stdout) as ShownStudy;
    expect(study).toBe('latent-paper');
    expect(trials.map(({ id }) => id)).toEqual([
      'latent-vector-8',
      'latent-vector-8-seed-3',
      'latent-vector-16',
      'latent-vector-16-seed-3',
    ]);
    expect(published?.open).toEqual([{ what: 'epochs', assumed: '200' }]);
  });

  it('refuses a name with the nearest one', async () => {
    await expect(medgan('show', 'latnet')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('did you mean latent?'),
    });
  });
});
