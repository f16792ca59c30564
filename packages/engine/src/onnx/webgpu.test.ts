import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { largestError } from '../testing-cases/op-case.testing.ts';

/** SwiftShader, the software Vulkan driver that Debian's chromium package carries. */
const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';
const STEPS = 2;

interface Trained {
  readonly device: string;
  readonly state: readonly (readonly number[])[];
}

/** Trains in a process of its own: the Vulkan driver is chosen when ONNX Runtime is loaded. */
async function train(engine: string, env: Readonly<Record<string, string>>): Promise<Trained> {
  const script = join(import.meta.dirname, '../testing-cases/train-tiny-gan.testing.ts');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=@medgan/source', '--import', 'tsx', script, engine, String(STEPS)],
    { env: { ...process.env, ...env } },
  );
  return JSON.parse(stdout) as Trained;
}

// SwiftShader compiles every shader on the CPU: 4 s of work, a minute on a machine that is busy otherwise.
it('trains a small network on WebGPU as on the CPU', { timeout: 240_000 }, async ({ skip }) => {
  if (!existsSync(SWIFTSHADER)) {
    expect(process.env['CI'], `CI must have ${SWIFTSHADER}: apt-get install chromium`).toBeFalsy();
    skip(`${SWIFTSHADER} is absent: apt-get install chromium`);
  }
  const [cpu, gpu] = await Promise.all([
    train('onnx', {}),
    train('onnx-webgpu', { VK_ICD_FILENAMES: SWIFTSHADER }),
  ]);
  expect(gpu.device).toBe('webgpu');
  for (const [i, expected] of cpu.state.entries()) {
    expect(largestError(Float32Array.from(gpu.state[i]!), Float32Array.from(expected))).toBeLessThan(1e-3);
  }
});
