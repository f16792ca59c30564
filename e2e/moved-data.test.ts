import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMedgan, type Ended } from './medgan.ts';

const MEDGAN = join(import.meta.dirname, '../packages/cli/bin/medgan.mjs');

const folder = mkdtempSync(join(tmpdir(), 'medgan-moved-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

/** Writes `count` images of one grey each, the first of the grey `first`. */
async function writeImages(path: string, count: number, first: number): Promise<void> {
  mkdirSync(path, { recursive: true });
  for (let i = 0; i < count; i++) {
    const [red, green, blue] = [first + 9 * i, 60, 90];
    const create = { width: 64, height: 64, channels: 3, background: { r: red, g: green, b: blue } } as const;
    await sharp({ create })
      .png()
      .toFile(join(path, `${i}.png`));
  }
}

const CONTROL = `arch: DCGAN
path: images
out: ../out
plugins: [./own.mjs]
objective: own-objective
dataset: image-table
dataset_options: { table: labels.csv }
split: train
splits: parts.csv
num_epochs: 6
batch_size: 4
latent_vector: 4
gen_feature_maps: 2
dis_feature_maps: 2
sample_count: 4
threads: 1
cache: ''
`;

const PLUGIN = `import * as tf from '@tensorflow/tfjs-core';
import { defineObjective } from '@medgan/plugin-api';
const distance = (logits, target) => tf.mean(tf.square(tf.sub(logits, target)));
export default defineObjective({
  name: 'own-objective',
  summary: 'Least squares',
  reference: 'Mao et al. 2017',
  options: { type: 'object', additionalProperties: false, properties: {} },
  usesLabels: true,
  discriminatorLoss: ({ real, fake }, labels) => tf.add(distance(real, labels.real), distance(fake, labels.fake)),
  generatorLoss: (fake, labels) => distance(fake, labels.generator),
});
`;

beforeAll(async () => {
  await writeImages(at('study/images'), 8, 10);
  await writeImages(at('other'), 8, 11);
  const names = Array.from({ length: 8 }, (_, i) => `${i}.png`);
  writeFileSync(at('study/labels.csv'), ['file,label', ...names.map((name) => `${name},mel`)].join('\n'));
  cpSync(at('study/labels.csv'), at('other/labels.csv'));
  writeFileSync(
    at('study/images/parts.csv'),
    ['file,split', ...names.map((name, i) => `${name},${i < 6 ? 'train' : 'test'}`)].join('\n'),
  );
  cpSync(at('study/images/parts.csv'), at('study/parts.csv'));
  writeFileSync(at('study/own.mjs'), PLUGIN);
  writeFileSync(at('study/control.yaml'), CONTROL);
  mkdirSync(at('elsewhere'));
  mkdirSync(at('work'));
});

const from = (place: string, ...args: string[]): Promise<Ended> =>
  startMedgan(args, { cwd: at(place) }).ended;

const QUICK = ['--protocol', 'original'];

describe('a run whose control file has relative paths', () => {
  it('is begun from another folder, and its record has absolute ones', async () => {
    const run = await from('work', 'run', '../study/control.yaml', '--set', 'max_steps=2');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const { control } = load(readFileSync(at('out/run/config.yaml'), 'utf8')) as { control: object };
    expect(control).toMatchObject({
      path: at('study/images'),
      plugins: [at('study/own.mjs')],
      splits: at('study/parts.csv'),
      dataset_options: { table: at('study/labels.csv') },
    });
  });

  it('goes on and is judged from any folder', async () => {
    expect(await from('elsewhere', 'resume', '../out/run', '--extend', 'max_steps=4')).toMatchObject({
      code: 0,
    });
    expect(await from('elsewhere', 'evaluate', '../out/run', ...QUICK)).toMatchObject({ code: 0 });
  });

  it('whose images have moved is refused with the cure, and goes on with it', async () => {
    renameSync(at('study/images'), at('moved'));
    const lost = await from('elsewhere', 'evaluate', '../out/run', ...QUICK);
    expect(lost.code).toBe(1);
    expect(lost.stderr.replaceAll(folder, 'DIR')).toBe(
      '[medgan] DIR/out/run was trained on the images of DIR/study/images, which is not there\n' +
        '  cure: if the images lie elsewhere now, name their folder: --data <folder>\n',
    );
    expect((await from('elsewhere', 'resume', '../out/run', '--extend', 'max_steps=5')).stderr).toContain(
      '--data <folder>',
    );
    expect(await from('elsewhere', 'evaluate', '../out/run', ...QUICK, '--data', '../moved')).toMatchObject({
      code: 0,
    });
    const resumed = await from(
      'elsewhere',
      'resume',
      '../out/run',
      '--extend',
      'max_steps=5',
      '--data',
      '../moved',
    );
    expect(resumed).toMatchObject({ code: 0, stderr: '' });
    // The run remembers the new place.
    expect(await from('work', 'evaluate', '../out/run', ...QUICK)).toMatchObject({ code: 0 });
  });

  it('is refused with other images', async () => {
    const before = readFileSync(at('out/run/config.yaml'), 'utf8');
    for (const args of [
      ['evaluate', '../out/run', ...QUICK],
      ['resume', '../out/run', '--extend', 'max_steps=6'],
    ]) {
      const { code, stderr } = await from('elsewhere', ...args, '--data', '../other');
      expect({ args, code }).toEqual({ args, code: 1 });
      const [kind, cure] = stderr
        .replaceAll(/[0-9a-f]{12,}…?/g, 'HASH')
        .replaceAll(folder, 'DIR')
        .trimEnd()
        .split('\n  cure: ');
      expect(cure).toContain('if the images lie elsewhere now, name their folder: --data <folder>');
      expect(kind).toBe(
        args[0] === 'resume'
          ? '[medgan] this run was started under another configuration:\n' +
              '  data.fingerprint: was HASH (6 images of DIR/moved), now HASH (6 images of DIR/other)'
          : '[medgan] the data of DIR/out/run have changed: it was trained on 6 images of fingerprint HASH, ' +
              'there are 6 of HASH in DIR/other now',
      );
    }
    expect(readFileSync(at('out/run/config.yaml'), 'utf8')).toBe(before);
  });
});

describe('a fault of the file system', () => {
  it('is one sentence and exit code 1', async () => {
    writeFileSync(at('a-file'), '');
    const { code, stderr } = await from('.', 'import', 'a-file', '--out', 'a-file/generator.safetensors');
    expect(code).toBe(1);
    expect(stderr).toBe(
      '[medgan] a-file/generator.safetensors cannot be found: a part of the path is a file, not a folder (ENOTDIR)\n' +
        '  cure: check the path; a part of it is a file, not a folder\n',
    );
  });

  it.runIf(process.platform === 'linux')('of the output is one too', async () => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [MEDGAN, 'models'], { stdio: ['ignore', full, 'pipe'] });
    let stderr = '';
    child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    closeSync(full);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '[medgan] the output cannot be written (ENOSPC)\n' });
  });
});
