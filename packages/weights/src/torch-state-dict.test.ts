import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defined, withCure } from '@medgan/files';
import { sharedData } from '../../../tools/vitest/shared-data.ts';
import { decodeSafetensors } from './safetensors.ts';
import { bytesOfTensor } from './tensor-data.ts';
import type { TensorData } from './tensor-data.ts';
import { readTorchStateDict } from './torch-state-dict.ts';
import { readWeightsFile } from './weights-file.ts';

const fixtures = join(import.meta.dirname, '__fixtures__');
const at = (name: string) => join(fixtures, name);
type Expected = Record<string, Record<string, [dtype: string, shape: number[], hex: string]>>;
const expected = JSON.parse(readFileSync(at('expected.json'), 'utf8')) as Expected;

const golden = sharedData('golden/training');

/** [name, [dtype, shape, hex]] in order, as expected.json has it. */
function described(tensors: ReadonlyMap<string, TensorData>): unknown[] {
  return [...tensors].map(([name, tensor]) => [
    name,
    [tensor.dtype, tensor.shape, Buffer.from(bytesOfTensor(tensor)).toString('hex')],
  ]);
}

async function refusal(source: string | Uint8Array, options = {}): Promise<string> {
  const error: unknown = await readTorchStateDict(source, options).then(
    () => new Error('accepted'),
    (thrown: unknown) => thrown,
  );
  return withCure(error).replaceAll(fixtures, '');
}

describe('reads what PyTorch wrote', () => {
  const key: Record<string, string> = {
    'two-networks.pth': 'generator',
    'beside-complex.pth': 'generator',
    'beside-quantised.pth': 'generator',
    'beside-sparse.pth': 'generator',
    'beside-meta.pth': 'generator',
  };
  it.each(Object.keys(expected))('%s', async (file) => {
    const options = defined({ key: key[file] });
    const tensors = await readTorchStateDict(at(file), options);
    expect(described(tensors)).toEqual(Object.entries(expected[file]!));
  });

  it('from bytes at any address', async () => {
    const whole = readFileSync(at('layouts-legacy.pth'));
    for (let shift = 0; shift < 9; shift++) {
      const room = Buffer.alloc(whole.length + 9);
      whole.copy(room, shift);
      const tensors = await readTorchStateDict(room.subarray(shift, shift + whole.length));
      expect(described(tensors)).toEqual(Object.entries(expected['layouts-legacy.pth']!));
    }
  });

  it.skipIf(golden === undefined)('the golden generators, both formats, bit for bit', async () => {
    const cases = readdirSync(golden!);
    expect(cases.length).toBeGreaterThanOrEqual(4);
    for (const folder of cases) {
      const twin = decodeSafetensors(
        readFileSync(join(golden!, folder, 'init-generator.safetensors')),
      ).tensors;
      for (const leaf of ['init-generator.pth', 'init-generator-legacy.pth']) {
        const { tensors } = await readWeightsFile(join(golden!, folder, leaf));
        expect(described(tensors)).toEqual(described(twin));
      }
    }
  });
});

describe('checkpoints with several state dicts', () => {
  it('are listed', async () => {
    expect(await refusal(at('two-networks.pth'))).toMatchInlineSnapshot(`
      "/two-networks.pth: holds 2 state dicts
        cure: choose one by its key (--key): "generator" (2 tensors), "nested.discriminator" (1 tensor)"
    `);
    expect(await refusal(at('two-networks.pth'), { key: 'generatr' })).toMatchInlineSnapshot(`
      "/two-networks.pth: has no state dict "generatr"
        cure: choose one by its key (--key): "generator" (2 tensors), "nested.discriminator" (1 tensor)"
    `);
  });

  it('give the part that belongs to one module', async () => {
    const { tensors } = await readWeightsFile(at('lightning.ckpt'), { key: 'state_dict.discriminator' });
    expect([...tensors.keys()]).toEqual(['0.weight']);
    const generator = await readTorchStateDict(at('lightning.ckpt'), { key: 'state_dict.generator' });
    expect(described(generator)).toEqual(Object.entries(expected['whole-checkpoint.pth']!));
  });

  it('give the one that is asked for', async () => {
    const tensors = await readTorchStateDict(at('two-networks.pth'), { key: 'nested.discriminator' });
    expect(Object.fromEntries(tensors)).toEqual({
      weight: { dtype: 'F32', shape: [1], data: Float32Array.of(4) },
    });
  });

  it('in a zip with several files, too', async () => {
    expect(await refusal(at('wrapped-two.zip'))).toMatchInlineSnapshot(`
      "/wrapped-two.zip: holds 2 weight files
        cure: choose one by its name (--entry): "generator.pth", "both.pth""
    `);
    expect(await refusal(at('wrapped-two.zip'), { entry: 'x.pth' })).toMatchInlineSnapshot(`
      "/wrapped-two.zip: has no weight file "x.pth"
        cure: choose one by its name (--entry): "generator.pth", "both.pth""
    `);
    const tensors = await readTorchStateDict(at('wrapped-two.zip'), { entry: 'both.pth', key: 'generator' });
    expect([...tensors.keys()]).toEqual(['weight', 'bias']);
  });
});

describe('refuses, and says what and how to do better', () => {
  it.each([
    'tensor.pth',
    'no-tensors.pth',
    'complex.pth',
    'complex-legacy.pth',
    'quantised.pth',
    'sparse.pth',
    'float8.pth',
    'meta.pth',
    'made-by-code.pth',
    'arrays.pth',
    'script.pt',
    'make.py',
    'absent.pth',
  ])('%s', async (file) => {
    expect(await refusal(at(file))).toMatchSnapshot();
  });

  it('a damaged safetensors file under the name of a PyTorch file', async () => {
    const bytes = new Uint8Array(16);
    bytes.set([8, 0, 0, 0, 0, 0, 0, 0, 0x7b]);
    expect(await refusal(bytes)).toMatchSnapshot();
  });

  it('files above the limits', async () => {
    const limits = [
      { maxFileBytes: 100 },
      { maxPickleBytes: 100 },
      { maxInstructions: 100 },
      { maxStack: 10 },
      { maxStringBytes: 10 },
      { maxTensors: 3 },
    ];
    for (const each of limits) expect(await refusal(at('layouts.pth'), { limits: each })).toMatchSnapshot();
    expect(await refusal(at('wrapped.zip'), { limits: { maxAllocatedBytes: 100 } })).toMatchSnapshot();
  });
});
