import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { medgan } from './medgan.ts';

/** A folder outside the repository, with nothing installed in it but one package. */
let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'medgan-plugins-')));
  const write = (name: string, text: string): void => {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  write('difference.mjs', objective('difference'));
  write(
    'invert.ts',
    `import { defineAugmentation, type ByteSquare } from '@medgan/plugin-api';
export default defineAugmentation<object>({
  name: 'invert', summary: 'Inverts every second image', reference: 'none', tiny: {},
  options: { type: 'object', additionalProperties: false, properties: {} },
  apply: (image: ByteSquare, rng) => (rng.uniform() < 0.5 ? image.pixels : image.pixels.map((x) => 255 - x)),
});
`,
  );
  write(
    'node_modules/medgan-plugin-far/package.json',
    '{ "name": "medgan-plugin-far", "version": "1.2.3", "type": "module", "exports": { "import": "./index.js" } }',
  );
  write('node_modules/medgan-plugin-far/index.js', objective('far').replace('default', 'const far ='));
  // A copy of TensorFlow.js of the plugin's own, which must not be used.
  write(
    'node_modules/@tensorflow/tfjs-core/package.json',
    '{ "name": "@tensorflow/tfjs-core", "main": "index.js" }',
  );
  write('node_modules/@tensorflow/tfjs-core/index.js', 'throw new Error("a second copy of TensorFlow.js");');
  write('raw.mjs', RAW);
  write('raw/images.raw', String.fromCharCode(...Array.from({ length: 6 * 16 }, (_, i) => (7 * i) % 128)));
  write('broken.mjs', 'throw new Error("out of order");');
  write('taken.mjs', objective('bce'));
  write('half.mjs', 'export default { kind: "objective", name: "half", summary: "Half a plugin" };');
  write('odd.mjs', objective('odd').replace('tf.neg(tf.mean(fake))', 'tf.mul(tf.mean(fake), NaN)'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const objective = (name: string): string => `import * as tf from '@tensorflow/tfjs-core';
import { defineObjective } from '@medgan/plugin-api';
export default defineObjective({
  name: '${name}', summary: 'Squared distance of means', reference: 'none', usesLabels: false,
  options: { type: 'object', additionalProperties: false, properties: {} },
  discriminatorLoss: ({ real, fake }) => tf.square(tf.sub(tf.sub(tf.mean(real), tf.mean(fake)), 1)),
  generatorLoss: (fake) => tf.neg(tf.mean(fake)),
});
`;

/** Six grey images of 4 × 4 bytes, of two classes by turns, in one file. */
const RAW = `import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { MedganError, defineDataset, imagesInMemory, parseOptions } from '@medgan/plugin-api';
import { chooseClasses, chooseImages, fitImage, listFiles, namedFolder } from '@medgan/data';
const who = 'dataset raw';
const options = { type: 'object', additionalProperties: false, properties: {} };
async function choose({ path, ...given }, context) {
  const file = namedFolder(who, path) + '/images.raw';
  parseOptions(who, options, given);
  context.signal?.throwIfAborted();
  const bytes = await readFile(file).catch((cause) => {
    throw new MedganError(who + ': there is no ' + file, { cure: 'set path', cause });
  });
  const names = ['even', 'odd'];
  const classes = chooseClasses(names, context.classes, who);
  const all = Array.from({ length: bytes.length / 16 }, (_, i) => ({
    name: 'image-' + i,
    label: classes.indexOf(names[i % 2]),
    image: { width: 4, height: 4, channels: 1, data: bytes.subarray(16 * i, 16 * (i + 1)) },
  }));
  return { classes, files: await chooseImages(all.filter(({ label }) => label >= 0), context, { who }) };
}
export default defineDataset({
  name: 'raw', summary: 'Images in one file', reference: 'none', options, source: 'path', tiny: {},
  list: async (given, context) => listFiles(await choose(given, context)),
  async open(given, context) {
    const { classes, files } = await choose(given, context);
    const each = context.format.size ** 2 * context.format.channels;
    const pixels = new Uint8Array(files.length * each);
    files.forEach(({ image }, i) => fitImage(image, context.format, pixels.subarray(i * each, (i + 1) * each)));
    const fingerprint = createHash('sha256').update(JSON.stringify(context.format)).update(pixels).digest('hex');
    return imagesInMemory({
      ...{ ...context.format, count: files.length, pixels, classes, fingerprint, skipped: [] },
      names: files.map(({ name }) => name),
      labels: Uint16Array.from(files, ({ label }) => label),
    });
  },
});
`;

const at = (name: string): string => join(folder, name);

describe('medgan plugins', () => {
  it('lists what is built in and what is outside, with where each came from', async () => {
    const { code, stdout } = await medgan('plugins', at('difference.mjs'), at('invert.ts'), '--json');
    expect(code).toBe(0);
    const { plugins } = JSON.parse(stdout) as { plugins: { name: string; origin: string }[] };
    const origins = Object.fromEntries(plugins.map(({ name, origin }) => [name, origin]));
    expect(origins).toMatchObject({
      dcgan: 'medgan',
      difference: at('difference.mjs'),
      invert: at('invert.ts'),
    });
  });

  it('names a broken plugin and its fault, and lists the others', async () => {
    const sources = ['broken.mjs', 'taken.mjs', 'half.mjs', 'absent.mjs', 'difference.mjs'].map(at);
    const { code, stdout } = await medgan('plugins', ...sources);
    expect(code).toBe(1);
    expect(stdout).toContain('difference');
    const broken = stdout.split('\n').filter((line) => line.startsWith('broken: '));
    expect(broken.map((line) => line.replaceAll(`${folder}/`, '').replace(/ imported from .*/, ''))).toEqual([
      'broken: broken.mjs: loading it fails: out of order',
      'broken: taken.mjs: objective "bce" is registered twice (bce, bce)',
      'broken: half.mjs: half: options is missing, not an object; reference is missing, not a string; ' +
        'discriminatorLoss is missing, not a function; generatorLoss is missing, not a function; ' +
        'usesLabels is missing, not a boolean',
      'broken: absent.mjs: there is no such file',
    ]);
  });

  it('says how a file is named, when what was named is none', async () => {
    const { stdout } = await medgan(
      ...['plugins', 'test', 'e2e/plugins.test.ts', at('invrt.ts'), 'medgan-plugin-absent', 'hinge'],
    );
    expect(stdout.trim().split('\n')).toEqual([
      '✗ e2e/plugins.test.ts: no package is called so; if the file is meant, write ./e2e/plugins.test.ts',
      `✗ ${at('invrt.ts')}: there is no such file; did you mean ${at('invert.ts')}?`,
      `✗ medgan-plugin-absent: no such package is installed in ${process.cwd()}; the path of a file begins with ./, ../ or /`,
      '✗ hinge: this objective comes with medgan: it is known by its name alone, and tested with medgan itself',
    ]);
  });

  it('holds plugins against their contract', async () => {
    const good = await medgan('plugins', 'test', at('difference.mjs'), at('invert.ts'));
    expect(good, good.stdout).toMatchObject({ code: 0 });
    expect(good.stdout.match(/keeps its contract/g)).toHaveLength(2);
    const odd = await medgan('plugins', 'test', at('odd.mjs'));
    expect(odd.code).toBe(1);
    expect(odd.stdout).toContain(`✗ objective odd (${at('odd.mjs')})`);
  });
});

describe('a dataset whose images are no files', () => {
  it('is held against its contract on a folder that is named', async () => {
    const named = await medgan('plugins', 'test', at('raw.mjs'), '--path', at('raw'));
    expect(named, named.stdout).toMatchObject({ code: 0 });
    const { code, stdout } = await medgan('plugins', 'test', at('raw.mjs'));
    expect(code).toBe(1);
    expect(stdout).toContain('if it reads something else, name that: --path <folder>');
  });

  it('can be inspected', async () => {
    writeFileSync(at('raw.yaml'), `arch: DCGAN\nplugins: [./raw.mjs]\ndataset: raw\npath: ${at('raw')}\n`);
    const { code, stdout, stderr } = await medgan('data', 'inspect', at('raw.yaml'), '--json');
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      images: 6,
      classes: [
        { name: 'even', images: 3 },
        { name: 'odd', images: 3 },
      ],
      unreadable: [],
    });
  });
});

describe('plugins: in a control file', () => {
  const control = (plugins: string): string => {
    writeFileSync(
      at('input.yaml'),
      `arch: DCGAN
out: ${folder}
run: tiny
plugins: ${plugins}
objective: far
augment: [invert]
latent_vector: 4
gen_feature_maps: 2
dis_feature_maps: 2
dataset_options: { count: 4 }
batch_size: 4
max_steps: 2
sample_count: 4
threads: 1
cache: ''
`,
    );
    return at('input.yaml');
  };

  it('are used by the run, and by what is done with the run later', async () => {
    const ran = await medgan('run', control('[medgan-plugin-far, ./invert.ts]'));
    expect(ran, ran.stderr).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('dcgan, far;');
    expect(readFileSync(at('tiny/config.yaml'), 'utf8')).toContain(at('invert.ts'));
    const resumed = await medgan('resume', at('tiny'), '--extend', 'max_steps=3');
    expect(resumed, resumed.stderr).toMatchObject({ code: 0, stderr: '' });
  });

  it('are refused before anything starts, when one of them is broken', async () => {
    const { code, stderr } = await medgan('run', control('[./broken.mjs]'), '--force');
    expect(code).toBe(1);
    expect(stderr).toContain('a plugin cannot be used:');
    expect(stderr).toContain('broken.mjs: loading it fails: out of order');
  });
});
