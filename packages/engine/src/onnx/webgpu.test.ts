import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { largestError } from '../testing-cases/op-case.testing.ts';

/** SwiftShader, the software Vulkan driver that Debian's chromium package carries. */
const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';
const STEPS = 2;

/** The command that brings what is missing for WebGPU on a software driver; undefined where nothing is. */
function missingForWebGpu(): string | undefined {
  const libraries = spawnSync('ldconfig', ['-p'], { encoding: 'utf8' }).stdout ?? '';
  const packages = [
    ...(existsSync(SWIFTSHADER) ? [] : ['chromium']),
    // The driver is found through this loader. Chromium's own copy lies where the linker does not look.
    ...(libraries.includes('libvulkan.so.1') ? [] : ['libvulkan1']),
  ];
  return packages.length === 0 ? undefined : `apt-get install ${packages.join(' ')}`;
}

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
  const missing = missingForWebGpu();
  if (missing !== undefined) {
    expect(process.env['CI'], `CI must have a software driver of Vulkan: ${missing}`).toBeFalsy();
    skip(`no software driver of Vulkan is here: ${missing}`);
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
