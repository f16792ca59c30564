import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WeightsError } from './errors.ts';
import { encodeSafetensors } from './safetensors.ts';
import { readSafetensorsFile, writeSafetensorsFile } from './safetensors-file.ts';
import type { TensorData } from './tensor-data.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'medgan-weights-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const tensors: Record<string, TensorData> = {
  weight: { dtype: 'F32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
  half: { dtype: 'F16', shape: [3], data: Uint16Array.of(0x3c00, 0, 0xfe00) },
  steps: { dtype: 'I64', shape: [], data: BigInt64Array.of(-7n) },
  none: { dtype: 'F32', shape: [0, 3], data: new Float32Array(0) },
};

it('writes the bytes of encodeSafetensors and leaves nothing else in the folder', async () => {
  const path = join(folder, 'g.safetensors');
  await writeSafetensorsFile(path, tensors, { step: '12' });
  expect(readFileSync(path).equals(encodeSafetensors(tensors, { step: '12' }))).toBe(true);
  expect(readdirSync(folder)).toEqual(['g.safetensors']);
});

it('reads back what it wrote', async () => {
  const path = join(folder, 'g.safetensors');
  await writeSafetensorsFile(path, tensors, { step: '12' });
  const read = await readSafetensorsFile(path);
  expect(Object.fromEntries(read.tensors)).toEqual(tensors);
  expect(read.metadata).toEqual({ step: '12' });
});

it('writes views of a larger buffer as what they show', async () => {
  const path = join(folder, 'g.safetensors');
  const data = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
  await writeSafetensorsFile(path, { a: { dtype: 'F32', shape: [2], data } });
  expect((await readSafetensorsFile(path)).tensors.get('a')!.data).toEqual(Float32Array.of(1, 2));
});

it('replaces an older file, and lets it be when the new one cannot be written', async () => {
  const path = join(folder, 'g.safetensors');
  await writeSafetensorsFile(path, { a: tensors['steps']! });
  await writeSafetensorsFile(path, { b: tensors['steps']! });
  const wrong = { c: { dtype: 'F32', shape: [2], data: new Float32Array(1) } } as const;
  await expect(writeSafetensorsFile(path, wrong)).rejects.toThrow('does not fit');
  expect([...(await readSafetensorsFile(path)).tensors.keys()]).toEqual(['b']);
  expect(readdirSync(folder)).toEqual(['g.safetensors']);
});

it('passes by a temporary file that a crash left behind', async () => {
  const path = join(folder, 'g.safetensors');
  writeFileSync(`${path}.${process.pid}-0.partial`, 'half');
  await writeSafetensorsFile(path, tensors);
  expect((await readSafetensorsFile(path)).tensors.size).toBe(4);
});

it('keeps many writers of one path apart', async () => {
  const path = join(folder, 'g.safetensors');
  await Promise.all(Array.from({ length: 20 }, () => writeSafetensorsFile(path, tensors)));
  expect(readFileSync(path).equals(encodeSafetensors(tensors))).toBe(true);
  expect(readdirSync(folder)).toEqual(['g.safetensors']);
});

it('says which file is missing, cut short or no safetensors file', async () => {
  const path = join(folder, 'g.safetensors');
  await expect(readSafetensorsFile(path)).rejects.toMatchObject({
    message: `${path} cannot be read (ENOENT)`,
    cure: expect.stringContaining('check the path'),
  });
  await expect(readSafetensorsFile(folder)).rejects.toThrow('cannot be read (EISDIR)');
  const whole = encodeSafetensors(tensors);
  writeFileSync(path, whole);
  await expect(writeSafetensorsFile(join(path, 'x'), tensors)).rejects.toThrow('cannot be written (EEXIST)');
  for (let length = 0; length < whole.length; length += 5) {
    writeFileSync(path, whole.subarray(0, length));
    await expect(readSafetensorsFile(path)).rejects.toThrow(WeightsError);
  }
});
