import { mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync, cpSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { minMax, ssim, type Estimate } from '@medgan/metrics';
import { createRng, type MetricImages } from '@medgan/plugin-api';
import { builtInPlugins } from '@medgan/runs';
import { medgan, type Ended } from './medgan.ts';

const folder = mkdtempSync(join(tmpdir(), 'medgan-evaluate-'));
const runDir = join(folder, 'run');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const BATCH = 6;
const SAMPLES = 5;
const SEED = 3;
const COUNT = 12;

let trained: Ended;
beforeAll(async () => {
  const control = join(folder, 'control.yaml');
  writeFileSync(
    control,
    `arch: DCGAN
out: ${folder}
run: run
seed: ${SEED}
num_epochs: 3
batch_size: ${BATCH}
latent_vector: 4
gen_feature_maps: 2
dis_feature_maps: 2
dataset_options: { count: ${COUNT} }
sample_count: ${SAMPLES}
evaluate_every: 5
best_metric: kid@random-conv
threads: 1
cache: ''
`,
  );
  trained = await medgan('run', control);
}, 120_000);

type Table = {
  pairs: number;
  values: Record<string, Estimate>;
  ceiling: Table['values'];
  floor: Table['values'];
};

async function evaluate(...flags: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await medgan('evaluate', runDir, '--json', ...flags);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout) as Record<string, unknown>;
}

const written = (): unknown => JSON.parse(readFileSync(join(runDir, 'metrics.json'), 'utf8'));

/** The fixed-noise images that the trainer left, as the original's protocol has them. */
async function lastSamples(): Promise<MetricImages[]> {
  const names = Array.from({ length: SAMPLES }, (_, i) => `samples/step-0000012/00${i}.png`);
  return Promise.all(
    names.map(async (name) => {
      const { data, info } = await sharp(join(runDir, name)).raw().toBuffer({ resolveWithObject: true });
      const { width, height, channels } = info;
      return minMax({ count: 1, width, height, channels, values: Float32Array.from(data, (v) => v / 255) });
    }),
  );
}

/** The first real images of the run's dataset. */
async function firstReals(): Promise<MetricImages[]> {
  const images = await builtInPlugins()
    .datasets.get('synthetic-lesions')
    .open({ count: COUNT } as object, {
      format: { size: 64, channels: 3 },
      subsetOrder: 'first',
      rng: createRng(SEED).split('data'),
      workers: 1,
    });
  const pixels = await images.read(Uint32Array.from({ length: SAMPLES }, (_, i) => i));
  return Array.from({ length: SAMPLES }, (_, i) => {
    const values = Float32Array.from(pixels.subarray(i * 64 * 64 * 3, (i + 1) * 64 * 64 * 3), (v) => v / 255);
    return minMax({ count: 1, width: 64, height: 64, channels: 3, values });
  });
}

describe('a run that is evaluated while it trains', () => {
  it('logs the figure, keeps its best checkpoint, and says which is best and which is last', () => {
    expect(trained).toMatchObject({ code: 0, stderr: '' });
    const lines = readFileSync(join(runDir, 'log.jsonl'), 'utf8').trimEnd().split('\n');
    const kids = lines.map((line) => (JSON.parse(line) as Record<string, number>)['metric/kid@random-conv']);
    expect(kids.map((value) => value !== undefined)).toEqual(
      Array.from({ length: 12 }, (_, i) => [5, 10, 12].includes(i + 1)),
    );
    const values = kids.filter((value) => value !== undefined);
    const best = JSON.parse(readFileSync(join(runDir, 'best.json'), 'utf8')) as { step: number };
    expect(best).toEqual({
      metric: 'kid@random-conv',
      direction: 'lower',
      value: Math.min(...values),
      step: kids.indexOf(Math.min(...values)) + 1,
    });
    expect(existsSync(join(runDir, 'checkpoints', `step-${String(best.step).padStart(7, '0')}`))).toBe(true);
    expect(JSON.parse(readFileSync(join(runDir, 'status.json'), 'utf8'))).toMatchObject({ step: 12, best });
    expect(trained.stdout).toContain(`last step 12, best step ${best.step} (KID@random-conv `);
  });
});

describe('medgan evaluate', () => {
  it('sets the first batch of the dataset against the images the trainer drew last, i-th with i-th', async () => {
    const { original, checkpoint } = await evaluate('--protocol', 'original');
    const [fakes, reals] = await Promise.all([lastSamples(), firstReals()]);
    const values = reals.map((real, i) => ssim(real, fakes[i]!)[0]!);
    const { values: got, pairs } = original as Table;
    expect(checkpoint).toEqual({ step: 12, chosen: 'last' });
    expect(pairs).toBe(SAMPLES);
    expect(got['ssim']!.value).toBeCloseTo(values.reduce((sum, value) => sum + value) / SAMPLES, 9);
    expect(got['ms_ssim']).toMatchObject({ value: null, reason: expect.stringContaining('161 pixels') });

    const dropped = (await evaluate('--protocol', 'original', '--off-by-one'))['original'] as Table;
    expect(dropped.pairs).toBe(SAMPLES - 1);
    const rest = values.slice(0, -1).reduce((sum, value) => sum + value) / (SAMPLES - 1);
    expect(dropped.values['ssim']!.value).toBeCloseTo(rest, 9);
  });

  it('writes metrics.json with every protocol between its ceiling and its floor, the same each time', async () => {
    const flags = ['--fakes', '9', '--seed', '7'];
    const first = await evaluate(...flags);
    expect(written()).toEqual(first);
    expect(JSON.stringify(first)).not.toMatch(/NaN|Infinity/);
    for (const key of ['original', 'paired_mean']) {
      const { ceiling, floor } = first[key] as Table;
      expect(ceiling['ssim']!.value!).toBeGreaterThan(floor['ssim']!.value!);
      expect(ceiling['mdsi']!.value!).toBeLessThan(floor['mdsi']!.value!);
    }
    expect(first['diversity']).toMatchObject({ metric: 'ssim', real: { value: expect.any(Number) } });
    const sets = first['sets'] as Record<string, unknown>[];
    expect(sets.map(({ features }) => (features as { extractor: string }).extractor)).toEqual([
      'pixels-pca',
      'random-conv',
    ]);
    for (const { images, values, nearestReal, seed } of sets) {
      expect([images, seed]).toEqual([{ real: 2 * COUNT, fake: 9 }, 7]);
      expect((values as object[]).length).toBe(6);
      expect(nearestReal).toMatchObject({ worst: expect.arrayContaining([expect.any(Object)]) });
    }
    expect((await sharp(join(runDir, 'nearest-real.png')).metadata()).format).toBe('png');
    expect(await evaluate(...flags)).toEqual(first);
  });

  it('prints tables that say how to read them', async () => {
    const { code, stdout } = await medgan(
      'evaluate',
      runDir,
      '--protocol',
      'paired-mean',
      '--checkpoint',
      'best',
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/checkpoint of step \d+ \(best\)/);
    expect(stdout).toContain(`each fake against 16 random reals, ${16 * SAMPLES} pairs`);
    expect(stdout).toMatch(/\| metric +\| +fakes \| +sd \| +95 % interval \| real, real \| real, noise \|/);
    expect(stdout).toMatch(/↓ lower is better: MS-GMSD and MDSI measure distortion, 0 is best/);
  });

  it('judges sets against a part that the run was not trained on', { timeout: 300_000 }, async () => {
    const control = join(folder, 'control.yaml');
    const shares = ['split=train', 'splits.train=0.5', 'splits.test=0.5'].flatMap((one) => ['--set', one]);
    expect(
      await medgan('run', control, '--set', 'run=part', '--set', 'max_steps=1', ...shares),
    ).toMatchObject({
      code: 0,
    });
    const sets = async (...flags: string[]) => {
      const part = join(folder, 'part');
      const { code, stdout, stderr } = await medgan(
        'evaluate',
        part,
        '--fakes',
        '5',
        '--features',
        'pixels-pca',
        '--json',
        ...flags,
      );
      expect([code, stderr]).toEqual([0, '']);
      return JSON.parse(stdout) as {
        against?: string;
        sets: { images: object; nearestReal: { medianReal: number } }[];
      };
    };
    const [own, test] = [await sets(), await sets('--against', 'test')];
    expect([own.against, test.against]).toEqual([undefined, 'test']);
    for (const { sets: tables } of [own, test]) expect(tables[0]!.images).toEqual({ real: COUNT, fake: 5 });
    expect(test.sets[0]!.nearestReal.medianReal).not.toBe(own.sets[0]!.nearestReal.medianReal);
    for (const [args, message] of [
      [[runDir, '--against', 'test'], 'cannot be judged against test: it was trained on all its images'],
      [[join(folder, 'part'), '--against', 'train'], 'it was trained on the part train itself'],
      [[runDir, '--against', 'test', '--protocol', 'original'], 'so --against has no effect'],
    ] as const) {
      expect((await medgan('evaluate', ...args)).stderr).toContain(message);
    }
  });

  it('refuses what it cannot judge', async () => {
    const other = join(folder, 'other');
    cpSync(runDir, other, { recursive: true });
    const config = join(other, 'config.yaml');
    writeFileSync(
      config,
      readFileSync(config, 'utf8').replace(/fingerprint: \w+/, `fingerprint: ${'f'.repeat(64)}`),
    );
    for (const [args, message] of [
      [
        [other],
        `the data of ${other} have changed: it was trained on 24 images of fingerprint ffffffffffff…`,
      ],
      [[folder], 'holds no run'],
      [[runDir, '--checkpoint', 'step-11'], 'has no checkpoint "step-11"'],
      [[runDir, '--features', 'inception'], 'no feature extractor is called "inception"'],
    ] as const) {
      const { code, stdout, stderr } = await medgan('evaluate', ...args);
      expect(stderr).toContain(message);
      expect(stderr).not.toMatch(/ {4}at /);
      expect([code, stdout]).toEqual([1, '']);
    }
  });
});

it(
  'a study records the figures of the published tables for each of its trials',
  { timeout: 120_000 },
  async () => {
    const study = join(folder, 'study.yaml');
    writeFileSync(
      study,
      `title: Two seeds
question: Do figures come out?
base:
  arch: DCGAN
  latent_vector: 4
  gen_feature_maps: 2
  dis_feature_maps: 2
  batch_size: 6
  max_steps: 2
  sample_count: 4
  dataset_options: { count: 6 }
  threads: 1
  cache: ''
configurations:
  quick: {}
`,
    );
    const { code, stderr, stdout } = await medgan(
      'experiment',
      'run',
      study,
      '--out',
      join(folder, 'studies'),
    );
    expect([code, stderr]).toEqual([0, '']);
    const header = stdout.split('\n').find((line) => line.startsWith('| trial'))!;
    for (const name of ['psnr', 'ssim', 'ms_gmsd', 'mdsi', 'haarpsi']) expect(header).toContain(` ${name} `);
  },
);
