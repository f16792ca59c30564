import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { readControl } from '@medgan/runs';
import { exportCommand } from './export.ts';
import { initCommand } from './init.ts';
import { runsCommand } from './runs.ts';

let folder: string;
let written = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'medgan-first-'));
  written = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

it('writes a control file that can be run, and never over one that is there', async () => {
  const file = join(folder, 'lesions.yaml');
  expect(await initCommand(file)).toBe(0);
  expect(written).toContain(`what next: medgan run ${file}`);
  const { control } = await readControl(file, []);
  expect(control).toMatchObject({ arch: 'dcgan', run: 'lesions' });
  writeFileSync(file, 'arch: SNGAN\n');
  await expect(initCommand(file)).rejects.toThrow(/lesions.yaml is there already/);
  expect(readFileSync(file, 'utf8')).toBe('arch: SNGAN\n');
  await expect(initCommand(join(folder, 'none', 'a.yaml'))).rejects.toThrow(/cannot be written \(ENOENT\)/);
});

it('says how to begin where there is no run yet', async () => {
  expect(await runsCommand(folder, { json: false })).toBe(0);
  expect(written).toContain('medgan init writes a control file');
});

it('reads the format of an export from the name of the output, or refuses it', async () => {
  const options = { uint8: false, allowNan: false, force: false };
  const attempt = (out: string, format?: string): Promise<number> =>
    exportCommand(join(folder, 'no-weights'), {
      ...options,
      out: join(folder, out),
      ...(format ? { format } : {}),
    });
  await expect(attempt('model.png')).rejects.toThrow(/does not say which kind of file to write/);
  await expect(attempt('model.onnx', 'safetensors')).rejects.toThrow(/contradicts the name/);
  await expect(attempt('model.safetensors', 'tfjs')).rejects.toThrow(/contradicts the name/);
  // These are understood: what is missing is the weights.
  for (const out of ['model.onnx', 'model.safetensors', 'model', 'model.v2/'])
    await expect(attempt(out)).rejects.toThrow(/no-weights/);
  await expect(attempt('model.bin', 'onnx')).rejects.toThrow(/no-weights/);
});
