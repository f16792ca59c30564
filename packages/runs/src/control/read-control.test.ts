import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { withCure } from '@medgan/files';
import { builtInPlugins } from '../plugins/plugins.ts';
import { readControl, type CheckedControl } from './read-control.ts';

const dir = mkdtempSync(join(tmpdir(), 'medgan-control-'));
afterAll(() => rmSync(dir, { recursive: true }));

async function read(text: string, set: string[] = []): Promise<CheckedControl> {
  writeFileSync(join(dir, 'input.yaml'), text);
  return readControl(join(dir, 'input.yaml'), set);
}

/** The message without the temporary folder. */
async function complaint(text: string, set: string[] = []): Promise<string> {
  const error: unknown = await read(text, set).then(
    () => undefined,
    (e: unknown) => e,
  );
  return withCure(error).replaceAll(`${dir}/`, '');
}

/** A control file as the original has it, every key of it. */
const ORIGINAL = `arch: DCGAN
path: data/isic
out: results/
run: batch16
seed: 42
n_gpu: 0
num_epochs: 200
learning_rate: 0.0002
beta_adam: 0.5
batch_size: 16
latent_vector: 100
image_size: 64
loader_workers: 2
number_channels: 3
gen_feature_maps: 64
dis_feature_maps: 64
`;

describe('a control file', () => {
  it('of the original runs unchanged', async () => {
    const { run } = await read(ORIGINAL);
    expect(run.config).toMatchObject({
      architecture: { name: 'dcgan' },
      objective: { name: 'bce' },
      labels: { real: 1, fake: 0, generator: 1 },
      learningRate: { generator: 0.0002, discriminator: 0.0002 },
      batchSize: 16,
      epochs: 200,
      seed: 42,
      sampleCount: 64,
    });
    expect(run.data).toMatchObject({ path: join(dir, 'data/isic'), dataset: { name: 'image-folder' } });
    expect(run.runDir).toBe(resolve('results/batch16'));
    expect(run.engines).toEqual(['native', 'onnx']);
  });

  it('chooses the engine native and how precisely it computes, and no other engine does', async () => {
    expect((await read('arch: DCGAN\nengine: native')).run.engines).toEqual(['native']);
    expect((await read('arch: DCGAN\nengine: native\nprecision: exact')).run.precision).toBe('exact');
    expect((await read('arch: DCGAN')).run).not.toHaveProperty('precision');
    expect(await complaint('arch: DCGAN\nengine: wasm\nprecision: exact')).toMatchInlineSnapshot(
      `"input.yaml:3: precision: only the engine native has it, and wasm computes here (write engine: native, or remove precision:)"`,
    );
    expect(await complaint('arch: DCGAN\nn_gpu: 1\nprecision: exact')).toMatchInlineSnapshot(
      `"input.yaml:3: precision: only the engine native has it, and n_gpu asks for another (write engine: native, or remove precision:)"`,
    );
  });

  it('with a learning rate from 1 on means the ratio of the discriminator', async () => {
    const { run } = await read(ORIGINAL, ['learning_rate=10']);
    expect(run.config.learningRate).toEqual({ generator: 0.0002, discriminator: 0.002 });
  });

  it('smooths labels on one side, and the generator follows the real label unless it has a key of its own', async () => {
    expect((await read(ORIGINAL, ['labels.real=0.9'])).run.config.labels).toEqual({
      real: 0.9,
      fake: 0,
      generator: 0.9,
    });
    expect((await read(ORIGINAL, ['labels={real: 0.9, generator: 1}'])).run.config.labels.generator).toBe(1);
  });

  it("has its architecture's training settings where it says nothing", async () => {
    const { config } = (await read('arch: wgan-gp')).run;
    expect(config.learningRate).toEqual({ generator: 1e-4, discriminator: 1e-4 });
    expect(config).toMatchObject({ beta1: 0, beta2: 0.9, discriminatorSteps: 5 });

    const said = ['learning_rate=2', 'beta_adam=0.5', 'beta2_adam=0.999', 'discriminator_steps=1'];
    const own = (await read('arch: wgan-gp', said)).run.config;
    expect(own.learningRate).toEqual({ generator: 0.0002, discriminator: 0.0004 });
    expect(own.beta1).toBe(0.5);
    expect(own).not.toHaveProperty('beta2');
    expect(own).not.toHaveProperty('discriminatorSteps');
  });

  it('resolves the techniques it asks for, and says nothing of those that are off', async () => {
    const { config } = (await read(ORIGINAL)).run;
    // What a trial is known by: a key more, and every study would be trained anew.
    expect(Object.keys(config)).toEqual([
      'architecture',
      'objective',
      'sizes',
      'labels',
      'learningRate',
      'beta1',
      'batchSize',
      'epochs',
      'seed',
      'sampleCount',
      'cadence',
    ]);
    const off = ['discriminator_steps=1', 'r1=0', 'diff_augment=[]', 'beta2_adam=0.999'];
    expect((await read(ORIGINAL, off)).run.config).toEqual(config);
    const on = ['discriminator_steps=5', 'r1=10', 'diff_augment=[cutout, color]', 'beta2_adam=0.9'];
    expect((await read(ORIGINAL, on)).run.config).toEqual({
      ...config,
      discriminatorSteps: 5,
      r1: 10,
      diffAugment: ['cutout', 'color'],
      beta2: 0.9,
    });
  });

  it('lists the techniques it may ask for', async () => {
    expect(await complaint('arch: DCGAN\nr1: -1\ndiscriminator_steps: 0\ndiff_augment: [colour, cutout]\n'))
      .toMatchInlineSnapshot(`
      "input.yaml has 3 faults:
        input.yaml:2: r1: must be >= 0, found -1
        input.yaml:3: discriminator_steps: must be >= 1, found 0
        input.yaml:4: diff_augment.0: must be one of color, translation, cutout, found "colour""
    `);
  });

  it('without a path trains on built-in images', async () => {
    expect((await read('arch: SNGAN')).run.data.dataset.name).toBe('synthetic-lesions');
  });

  it('that asks for a GPU tries those first', async () => {
    expect((await read('arch: DCGAN\nn_gpu: 1')).run.engines).toEqual([
      'onnx-cuda',
      'onnx-webgpu',
      'tfjs-node-gpu',
      'native',
      'onnx',
    ]);
  });

  it('is refused with everything that is wrong at once, with lines and cures', async () => {
    expect(await complaint('arch: DCGAN\nbatchsize: 16\nnum_epochs: many\nlabels:\n  real: 2\n'))
      .toMatchInlineSnapshot(`
      "input.yaml has 3 faults:
        input.yaml:2: batchsize: unknown key "batchsize" (did you mean "batch_size"?)
        input.yaml:3: num_epochs: must be integer, found "many"
        input.yaml:5: labels.real: must be <= 1, found 2"
    `);
    const choices = await complaint(
      'arch: DCGANN\nimage_size: 96\nobjective: hinge\nlabels: {real: 0.9}\ndataset: image-folder\n',
    );
    const known = builtInPlugins().architectures.names().join(', ');
    expect(choices.replace(known, 'ALL')).toMatchInlineSnapshot(`
      "input.yaml has 3 faults:
        input.yaml:1: arch: no architecture is called "DCGANN"; known: ALL (did you mean "dcgan"?)
        input.yaml:1: path: the dataset image-folder needs a folder (add path: <folder of images>)
        input.yaml:4: labels: the objective hinge has no labels (remove labels:)"
    `);
  });

  it('is refused for an image size the architecture does not build', async () => {
    expect(await complaint('arch: DCGAN\nimage_size: 96\n')).toMatchInlineSnapshot(
      `"input.yaml:2: image_size: 96 is not built by dcgan (use one of 64, 128, 256)"`,
    );
  });

  it('is refused with what --set got wrong', async () => {
    expect(await complaint('arch: DCGAN', ['batch_size=0'])).toMatchInlineSnapshot(
      `"input.yaml with --set batch_size=0: batch_size: must be >= 1"`,
    );
    expect(await complaint('arch: DCGAN', ['image_size=100'])).toMatchInlineSnapshot(
      `"input.yaml with --set image_size=100: image_size: 100 is not built by dcgan (use one of 64, 128, 256)"`,
    );
  });

  it('is refused when it cannot be read', async () => {
    await expect(readControl(join(dir, 'none.yaml'), [])).rejects.toThrow(
      /control file .*none.yaml cannot be read/,
    );
  });
});
