import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createRng } from '@medgan/plugin-api';
import { fingerprint } from '../tools/vitest/fingerprint.ts';
import { medgan, startMedgan } from './medgan.ts';

const folder = mkdtempSync(join(tmpdir(), 'medgan-resume-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Kills a run: MEDGAN_KILLS=50 for a long hunt. */
const KILLS = Number(process.env['MEDGAN_KILLS'] ?? 4);

function control(arch: string): string {
  const path = join(folder, `${arch}.yaml`);
  writeFileSync(
    path,
    `arch: ${arch}
out: ${folder}
seed: 3
num_epochs: 12
batch_size: 8
latent_vector: 8
gen_feature_maps: 2
dis_feature_maps: 2
dataset_options: { count: 20 }
classes: [nevus]
sample_every: 9
evaluate_every: 4
sample_count: 4
checkpoint_every: 3
log_every: 5
threads: 1
augment: [horizontal-flip, quarter-turns, colour-jitter]
ema: 0.99
cache: ''
`,
  );
  return path;
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe.each(['DCGAN', 'SNGAN'])('a %s that is killed and resumed', (arch) => {
  it(
    `ends with the bytes of an unbroken run, after ${KILLS} kills`,
    { timeout: 60_000 + KILLS * 20_000 },
    async () => {
      const file = control(arch);
      expect(await medgan('run', file, '--set', 'run=unbroken')).toMatchObject({ code: 0 });
      const expected = fingerprint(join(folder, 'unbroken'));

      const rng = createRng(arch);
      const runDir = join(folder, 'broken');
      const isThere = (name: string): boolean => existsSync(join(runDir, name));
      const status = (): unknown =>
        isThere('status.json') ? JSON.parse(readFileSync(join(runDir, 'status.json'), 'utf8')) : {};
      const steps: unknown[] = [];
      while (steps.length < KILLS) {
        const args = isThere('config.yaml') ? ['resume', runDir] : ['run', file, '--set', 'run=broken'];
        const { child, ended } = startMedgan(args);
        // Early enough to be starting at times, late enough to be writing a checkpoint at others.
        await wait(400 + rng.integer(2500));
        child.kill('SIGKILL');
        if ((await ended).signal === 'SIGKILL') steps.push((status() as { step?: number }).step);
        // It was faster than the killer: once more from the start.
        else rmSync(runDir, { recursive: true, force: true });
      }
      if (!isThere('config.yaml')) await medgan('run', file, '--set', 'run=broken');
      const last = await medgan('resume', runDir);
      expect(last.stderr).toBe('');
      expect(last.code).toBe(0);
      expect(fingerprint(runDir), `killed after the checkpoints of steps ${steps.join(', ')}`).toEqual(
        expected,
      );
      const again = await medgan('resume', runDir);
      expect(again).toMatchObject({ code: 0, stderr: '' });
      expect(again.stdout).toMatch(
        /^\S*broken is finished: all 36 steps are done; train longer with --extend num_epochs=… or max_steps=…\n$/,
      );
      expect(fingerprint(runDir)).toEqual(expected);
      rmSync(runDir, { recursive: true });
      rmSync(join(folder, 'unbroken'), { recursive: true });
    },
  );
});

it('goes on with the figure that a run was begun with, though another is the default by now', async () => {
  const path = join(folder, 'figure.yaml');
  writeFileSync(
    path,
    `arch: DCGAN
out: ${folder}
run: figure
batch_size: 4
latent_vector: 2
gen_feature_maps: 1
dis_feature_maps: 1
dataset_options: { count: 4 }
evaluate_every: 1
best_metric: mdsi
sample_count: 4
max_steps: 1
threads: 1
cache: ''
`,
  );
  expect(await medgan('run', path)).toMatchObject({ code: 0 });
  const runDir = join(folder, 'figure');
  const record = readFileSync(join(runDir, 'config.yaml'), 'utf8');
  // As a record reads whose control file left the figure to the default of its day.
  writeFileSync(join(runDir, 'config.yaml'), record.replace(/^ *best_metric: .*\n/m, ''));
  const resumed = await medgan('resume', runDir, '--extend', 'max_steps=2');
  expect(resumed, resumed.stderr).toMatchObject({ code: 0 });
  expect(JSON.parse(readFileSync(join(runDir, 'best.json'), 'utf8'))).toMatchObject({ metric: 'mdsi' });
});
