import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { medgan, startMedgan } from './medgan.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'medgan-run-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A control file for seconds of training on built-in images. */
function control(changes = ''): string {
  const path = join(folder, 'tiny.yaml');
  writeFileSync(
    path,
    `arch: SNGAN
out: ${folder}
run: tiny
num_epochs: 2
batch_size: 4
latent_vector: 4
gen_feature_maps: 2
dis_feature_maps: 2
dataset_options: { count: 6 }
sample_count: 4
threads: 1
cache: ''
${changes}`,
  );
  return path;
}

const fileOf = (name: string): string => join(folder, 'tiny', name);

describe('medgan run', () => {
  it('trains on built-in images and says where everything is', async () => {
    const { code, stdout, stderr } = await medgan('run', control());
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /12 images of melanoma \(6\), nevus \(6\) at 64 px; sngan, bce; (native|onnx) on CPU, 1 threads?/,
    );
    expect(stdout).toMatch(
      /step 6\/6 · .+ · loss D [\d.]+ G [\d.]+ · epoch 2\/2 · D\(x\) [\d.]+ · D\(G\(z\)\)/,
    );
    expect(stdout).toContain('real beside generated: ');
    for (const name of [
      'config.yaml',
      'log.jsonl',
      'loss.svg',
      'loss.png',
      'real-fake-grid.png',
      'status.json',
    ]) {
      expect(existsSync(fileOf(name)), name).toBe(true);
    }
    expect(existsSync(fileOf('run.lock'))).toBe(false);
    expect(readFileSync(fileOf('config.yaml'), 'utf8')).toMatch(/fingerprint: [0-9a-f]{64}/);
  });

  it('does not write over a run unless it is forced to', async () => {
    const file = control();
    await medgan('run', file, '--set', 'max_steps=1');
    const again = await medgan('run', file, '--set', 'max_steps=1');
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('already holds a run');
    expect(again.stderr).toContain('cure: go on with it: --resume; replace it: --force');
    expect(await medgan('run', file, '--force', '--set', 'max_steps=2')).toMatchObject({ code: 0 });
    expect(readdirSync(fileOf('checkpoints'))).toEqual(['step-0000002']);
  });

  it('saves on Ctrl-C, exits with 130, and goes on where it was', async () => {
    const file = control('checkpoint_every: 100000\n');
    const { child, ended } = startMedgan(['run', file, '--set', 'num_epochs=4000', '--set', 'log_every=1']);
    let sent = false;
    child.stdout!.on('data', (chunk: Buffer) => {
      if (!sent && chunk.toString().includes('step 3/')) {
        sent = true;
        child.kill('SIGINT');
      }
    });
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    const step = Number(/interrupted after step (\d+) of 12000; go on with: medgan resume/.exec(stdout)?.[1]);
    expect(step).toBeGreaterThanOrEqual(3);
    expect(JSON.parse(readFileSync(fileOf('status.json'), 'utf8'))).toMatchObject({
      state: 'interrupted',
      step,
    });

    const other = await medgan('run', file, '--resume', '--set', 'num_epochs=4000', '--set', 'batch_size=6');
    expect(other.code).toBe(1);
    expect(other.stderr).toContain('batchSize: was 4, now 6');

    const extended = await medgan('resume', join(folder, 'tiny'), '--extend', `max_steps=${step + 2}`);
    expect(extended).toMatchObject({ code: 0, stderr: '' });
    expect(extended.stdout).toContain(`resuming after step ${step}`);
    const lines = readFileSync(fileOf('log.jsonl'), 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { step: number }).step)).toEqual(
      Array.from({ length: step + 2 }, (_, i) => i + 1),
    );
  });

  it('refuses a run folder that another process is training in', async () => {
    const file = control();
    const { child, ended } = startMedgan(['run', file, '--set', 'num_epochs=4000', '--set', 'log_every=1']);
    await new Promise<void>((resolve) => {
      child.stdout!.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('step 1/')) resolve();
      });
    });
    const second = await medgan('run', file, '--force');
    child.kill('SIGTERM');
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`is being trained by process ${child.pid}`);
    expect(await ended).toMatchObject({ code: 130 });
  });

  it('warns once when a GPU is asked for and there is none, and trains on the CPU', async () => {
    const { code, stdout } = await medgan('run', control('n_gpu: 1\nmax_steps: 1\n'));
    expect(code).toBe(0);
    if (/(native|onnx) on CPU/.test(stdout))
      expect(stdout.match(/warning: n_gpu asks for a GPU/g)).toHaveLength(1);
  });

  it.each(['discriminator_steps=3', 'r1=1', 'diff_augment=[color, translation, cutout]'])(
    'trains with %s',
    async (set) => {
      const ended = await medgan('run', control('max_steps: 2\n'), '--set', set);
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      expect(readFileSync(fileOf('log.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(2);
    },
  );

  it('trains with every objective', async () => {
    for (const objective of ['hinge', 'least-squares', 'wasserstein-gp']) {
      const args = ['--set', `objective=${objective}`, '--set', `run=${objective}`, '--set', 'max_steps=2'];
      expect(await medgan('run', control(), ...args)).toMatchObject({ code: 0, stderr: '' });
    }
  });
});

describe('medgan experiment run', { timeout: 300_000 }, () => {
  it('trains the trials of the batch-size sweep and sets them beside the published figures', async () => {
    const study = join(import.meta.dirname, '../experiments/batch-size-sweep.yaml');
    const small = ['gen_feature_maps=2', 'dis_feature_maps=2', 'max_steps=2', 'subset=20', 'sample_count=4'];
    const args = ['experiment', 'run', study, '--out', folder, ...small.flatMap((set) => ['--set', set])];
    const { code, stdout } = await medgan(...args);
    expect(code).toBe(0);
    const results = readFileSync(join(folder, 'batch-size-sweep', 'RESULTS.md'), 'utf8');
    for (const size of [128, 64, 16]) expect(results).toMatch(new RegExp(`\\| +${size} \\|.*\\| finished`));
    expect(results).toContain('*12.76*');
    expect(stdout).toContain('RESULTS.md');
    expect((await medgan(...args)).stdout.match(/finished before, kept/g)).toHaveLength(3);
  });

  it('says how to name a folder where a study needs one', async () => {
    const study = join(import.meta.dirname, '../experiments/batch-size-sweep.yaml');
    const { code, stderr } = await medgan(
      'experiment',
      'run',
      study,
      '--configuration',
      'paper',
      '--out',
      folder,
    );
    expect(code).toBe(1);
    expect(stderr).toContain('name a folder with --data <folder>, or set MEDGAN_DATA');
  });
});
