import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type Engine } from '@medgan/engine';
import { openImageSource, readGeneratorWeights } from '@medgan/trainer';
import { readSafetensorsFile } from '@medgan/weights';
import { builtInPlugins } from '@medgan/runs';
import { medgan, startMedgan } from './medgan.ts';
import { SMALL, writeRandomGenerator } from './random-generator.ts';
import { sharedData } from '../tools/vitest/shared-data.ts';

const folder = mkdtempSync(join(tmpdir(), 'medgan-generate-'));
const weights = join(folder, 'weights.safetensors');
beforeAll(() => writeRandomGenerator(weights));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** sha256 of every image of a folder, in their order. */
const images = (name: string): string[] =>
  readdirSync(join(folder, name))
    .filter((file) => /^\d{6}\.png$/.test(file))
    .sort()
    .map((file) =>
      createHash('sha256')
        .update(readFileSync(join(folder, name, file)))
        .digest('hex'),
    );

const generate = (out: string, ...args: string[]): ReturnType<typeof medgan> =>
  medgan('generate', '--checkpoint', weights, '--out', join(folder, out), ...args);

const golden = sharedData('golden/training');

describe.skipIf(golden === undefined)('weights trained by PyTorch', () => {
  let engine: Engine | undefined;
  afterEach(() => engine?.dispose());
  const cases = golden === undefined ? [] : readdirSync(golden);

  it.each(cases)('make the images of %s', async (name) => {
    const read = async (file: string) => (await readSafetensorsFile(join(golden!, name, file))).tensors;
    const expected = (await read('eval-images.safetensors')).get('images')!;
    const z = (await read('inputs.safetensors')).get('z')!;
    const generator = await readGeneratorWeights({
      file: join(golden!, name, 'final-generator.safetensors'),
      architectures: builtInPlugins().architectures,
    });
    engine = await startEngine('onnx');
    const source = await openImageSource(engine, generator, 'running');
    const { latentSize, imageSize, channels } = generator.sizes;
    const [count] = expected.shape as [number];
    expect(expected.shape).toEqual([count, channels, imageSize, imageSize]);
    const latent = (i: number): Float32Array =>
      i < count
        ? (z.data as Float32Array).slice(i * latentSize, (i + 1) * latentSize)
        : new Float32Array(latentSize);
    const drawn = await source.drawFloat(latent, 0);
    const plane = imageSize ** 2;
    const worst = (expected.data as Float32Array).reduce((most, value, at) => {
      const [image, channel, pixel] = [
        Math.floor(at / plane / channels),
        Math.floor(at / plane) % channels,
        at % plane,
      ];
      return Math.max(most, Math.abs(value - drawn[(image * plane + pixel) * channels + channel]!));
    }, 0);
    expect(worst).toBeLessThan(1e-5);
  });

  it.each(
    cases.flatMap((name) => ['init-generator.pth', 'init-generator-legacy.pth'].map((file) => [name, file])),
  )('are imported bit by bit: %s/%s', async (name, file) => {
    const out = join(folder, 'imported.safetensors');
    const ended = await medgan('import', join(golden!, name, file), '--out', out, '--force');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const imported = (await readSafetensorsFile(out)).tensors;
    const twin = (await readSafetensorsFile(join(golden!, name, 'init-generator.safetensors'))).tensors;
    expect([...imported.keys()].sort()).toEqual([...twin.keys()].sort());
    for (const [key, { dtype, shape, data }] of twin) {
      const other = imported.get(key)!;
      expect([other.dtype, other.shape]).toEqual([dtype, shape]);
      expect(
        Buffer.compare(
          Buffer.from(other.data.buffer, other.data.byteOffset, other.data.byteLength),
          Buffer.from(data.buffer, data.byteOffset, data.byteLength),
        ),
      ).toBe(0);
    }
  });
});

describe('medgan generate', () => {
  it('draws the same images for the same seed, and the first of many are those of few', async () => {
    expect(await generate('few', '--count', '3')).toMatchObject({ code: 0, stderr: '' });
    expect(await generate('many', '--count', '40', '--grid')).toMatchObject({ code: 0 });
    expect(await generate('other', '--count', '3', '--seed', '1')).toMatchObject({ code: 0 });
    const many = images('many');
    expect(new Set(many).size).toBe(40);
    expect(images('few')).toEqual(many.slice(0, 3));
    expect(images('other')).not.toEqual(images('few'));
    const record: unknown = JSON.parse(readFileSync(join(folder, 'many/generation.json'), 'utf8'));
    expect(record).toMatchObject({ images: 40, seed: 0, statistics: 'running', sizes: SMALL });
  });

  it('goes from one latent to the next, ends included', async () => {
    expect(await generate('rows', '--count', '3', '--interpolate', '4')).toMatchObject({ code: 0 });
    const [rows, ends] = [images('rows'), images('few')];
    expect(rows).toHaveLength(8);
    expect([rows[0], rows[3], rows[4], rows[7]]).toEqual([ends[0], ends[1], ends[1], ends[2]]);
    expect(new Set(rows).size).toBe(7);
  });

  it('draws other images with the statistics of a batch, and with truncated latents', async () => {
    await generate('batch', '--count', '3', '--batch-statistics');
    await generate('truncated', '--count', '3', '--truncation', '0.3');
    const all = [...images('few'), ...images('batch'), ...images('truncated')];
    expect(new Set(all).size).toBe(9);
  });

  it("follows the original's control file; quantity counts images", async () => {
    const file = join(folder, 'generator.yaml');
    writeFileSync(
      file,
      `arch: Generator\npath: ${weights}\nout: ${folder}\nrun: original\nn_gpu: 0\nquantity: 3\nimage_size: 64\n`,
    );
    expect(await medgan('run', file)).toMatchObject({ code: 0, stderr: '' });
    expect(images('original')).toEqual(images('few'));

    const contradicted = await medgan('run', file, '--set', 'image_size=128', '--force');
    expect(contradicted.code).toBe(1);
    expect(contradicted.stderr).toContain('makes images of 64 px, not 128');
    expect(images('original')).toHaveLength(3);
  });

  it('never mixes images of two generations, nor touches files of others', async () => {
    mkdirSync(join(folder, 'used'));
    writeFileSync(join(folder, 'used/notes.txt'), 'mine');
    expect(await generate('used', '--count', '5')).toMatchObject({ code: 1 });
    expect(readdirSync(join(folder, 'used'))).toEqual(['notes.txt']);
    expect(await generate('used', '--count', '5', '--force')).toMatchObject({ code: 0 });
    expect(await generate('used', '--count', '2', '--force')).toMatchObject({ code: 0 });
    expect(readdirSync(join(folder, 'used')).sort()).toEqual([
      '000000.png',
      '000001.png',
      'generation.json',
      'notes.txt',
    ]);
  });

  it('overwrites no numbered image of the user, though --force is given', async () => {
    mkdirSync(join(folder, 'numbered'));
    writeFileSync(join(folder, 'numbered/000001.png'), 'a photograph');
    const { code, stderr } = await generate('numbered', '--count', '2', '--force');
    expect(code).toBe(1);
    expect(stderr).toContain('holds files that no generation has written: 000001.png');
    expect(readFileSync(join(folder, 'numbered/000001.png'), 'utf8')).toBe('a photograph');
    expect(await generate('numbered', '--count', '1', '--force')).toMatchObject({ code: 0 });
    expect(await generate('numbered', '--count', '2', '--force')).toMatchObject({ code: 1 });
    expect(readdirSync(join(folder, 'numbered')).sort()).toEqual([
      '000000.png',
      '000001.png',
      'generation.json',
    ]);
  });

  it('stops at Ctrl-C with whole images only', async () => {
    const out = join(folder, 'stopped');
    const args = ['generate', '--checkpoint', weights, '--out', out, '--count', '1000000'];
    const { child, ended } = startMedgan(args);
    const begun = (): boolean => {
      try {
        return readdirSync(out).length > 20;
      } catch {
        return false;
      }
    };
    while (!begun()) await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(stdout).toContain('were not drawn');
    const names = readdirSync(out).sort();
    const { images: written } = JSON.parse(readFileSync(join(out, 'generation.json'), 'utf8')) as {
      images: number;
    };
    expect(names).toHaveLength(written + 1);
    for (const name of names.slice(0, -1)) {
      // Every PNG ends with this chunk.
      expect(readFileSync(join(out, name)).subarray(-8, -4).toString('latin1')).toBe('IEND');
    }
  });

  it.each([
    ['no file', ['generate', '--checkpoint', 'nowhere.pth', '--out', 'x'], 'there is no nowhere.pth'],
    [
      'another size',
      ['generate', '--checkpoint', weights, '--image-size', '128', '--out', 'x'],
      'makes images of 64 px, not 128',
    ],
    [
      'one latent to interpolate',
      ['generate', '--checkpoint', weights, '--count', '1', '--interpolate', '3', '--out', 'x'],
      'one latent cannot be interpolated',
    ],
    [
      'a truncation too tight',
      ['generate', '--checkpoint', weights, '--truncation', '0.001', '--out', 'x'],
      'truncation 0.001 is too small',
    ],
  ])('refuses %s', async (_what, args, message) => {
    const { code, stderr } = await medgan(...args);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).toContain('cure: ');
  });
});
