import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { examineEngine } from '../../examine-engine.ts';
import { tf } from '../../tf.ts';
import type { EngineError } from '../../engine-error.ts';
import type { TensorflowBackend } from './backend.ts';
import { checkLoaded, provideUtil } from './load.ts';
import { findPackage, INSTALLED, installFolder, TFJS_VERSION } from './package.ts';
import { checkGpu } from './start.ts';
import { isPresent } from './tensorflow.testing.ts';

const root = mkdtempSync(join(tmpdir(), 'medgan-engines-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** An installation of `name` whose package is `main`, a line of JavaScript. Returns the value of MEDGAN_ENGINES for it. */
function installed(name: 'tfjs-node' | 'tfjs-node-gpu', main: string): string {
  const engines = mkdtempSync(join(root, 'engines-'));
  const folder = installFolder(name, { MEDGAN_ENGINES: engines });
  const packageFolder = join(folder, 'node_modules', '@tensorflow', name);
  mkdirSync(packageFolder, { recursive: true });
  writeFileSync(join(packageFolder, 'package.json'), JSON.stringify({ name, main: 'index.js' }));
  writeFileSync(join(packageFolder, 'index.js'), main);
  writeFileSync(join(folder, INSTALLED), '{}');
  return engines;
}

const examine = (engine: 'tfjs-node' | 'tfjs-node-gpu', engines: string) =>
  examineEngine({ engine, threads: 1 }, { ...process.env, MEDGAN_ENGINES: engines });

describe('the package of an engine', () => {
  it('has the version of TF.js', () => {
    expect(TFJS_VERSION).toBe(tf.version_core);
    const { peerDependencies } = createRequire(import.meta.url)('../../../package.json') as {
      peerDependencies: Record<string, string>;
    };
    expect(peerDependencies).toEqual({
      '@tensorflow/tfjs-node': TFJS_VERSION,
      '@tensorflow/tfjs-node-gpu': TFJS_VERSION,
    });
  });

  it('is installed in the place for data of programs, or where MEDGAN_ENGINES says', () => {
    expect(installFolder('tfjs-node', { XDG_DATA_HOME: '/data' })).toBe(
      join('/data', 'medgan', 'engines', 'tfjs-node-4.22.0'),
    );
    expect(installFolder('tfjs-node-gpu', { MEDGAN_ENGINES: '/e', XDG_DATA_HOME: '/data' })).toBe(
      join('/e', 'tfjs-node-gpu-4.22.0'),
    );
  });

  it('is not found where there is none', () => {
    expect(findPackage('tfjs-node', [join(root, 'none.js')])).toBeUndefined();
  });

  it('does not load: the reason in one line, and a cure that can be followed', async () => {
    const engines = installed(
      'tfjs-node',
      'throw new Error("libtensorflow.so.2: no such file\\nRequire stack:")',
    );
    const folder = join(engines, 'tfjs-node-4.22.0', 'node_modules', '@tensorflow', 'tfjs-node');
    expect(await examine('tfjs-node', engines)).toMatchObject({
      reason: `@tensorflow/tfjs-node in ${folder} does not load: libtensorflow.so.2: no such file`,
      cure: 'npx medgan engine install tfjs-node',
    });
  });

  it('ends its process: that is said, with its last words', async () => {
    const engines = installed(
      'tfjs-node',
      'console.error("illegal instruction"); process.kill(process.pid, "SIGKILL")',
    );
    expect(await examine('tfjs-node', engines)).toMatchObject({
      reason: expect.stringMatching(/^it ended its process \(SIGKILL\)/),
    });
  });

  it.skipIf(process.platform !== 'linux')('for a GPU is not loaded on a machine without one', () => {
    const noGpu = { platform: 'linux', list: () => ['null'] } as const;
    expect(() => checkGpu(noGpu)).toThrow(
      'no NVIDIA device on this machine (neither /dev/nvidia0 nor /dev/dxg)',
    );
    expect(() => checkGpu({ ...noGpu, list: () => ['nvidia0'] })).not.toThrow();
    expect(() => checkGpu({ ...noGpu, platform: 'win32' })).not.toThrow();
  });
});

it('gives util what tfjs-node calls, which Node 23 has removed', () => {
  const util: { isNullOrUndefined?: (value: unknown) => boolean; isArray?: (value: unknown) => boolean } = {};
  provideUtil(util);
  expect([undefined, null, 0, ''].map((value) => util.isNullOrUndefined!(value))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect([[], {}].map((value) => util.isArray!(value))).toEqual([true, false]);
});

describe.skipIf(!isPresent('tfjs-node'))('TensorFlow in a process of its own', () => {
  it('trains, and writes nothing to the terminal', async () => {
    expect(await examineEngine({ engine: 'tfjs-node', threads: 1 })).toEqual({
      device: expect.stringMatching(/^(CUDA|CPU, 1 thread), TensorFlow \d/),
      written: '',
    });
  });

  it.skipIf(process.platform !== 'linux')('computes on as many threads as it is given', async () => {
    const count = async (threads: number): Promise<number> => {
      const { stdout } = await promisify(execFile)(process.execPath, [
        '--conditions=@medgan/source',
        '--import',
        'tsx',
        join(import.meta.dirname, 'count-threads.testing.ts'),
        String(threads),
      ]);
      return Number(stdout);
    };
    const [one, five] = await Promise.all([count(1), count(5)]);
    expect(five - one).toBe(4);
  });
});

describe('a process that has loaded TensorFlow', () => {
  const loaded = (isGPUPackage: boolean, isUsingGpuDevice: boolean) =>
    ({ isGPUPackage, isUsingGpuDevice }) as TensorflowBackend;
  const verdict = (backend: TensorflowBackend, name: 'tfjs-node' | 'tfjs-node-gpu'): string => {
    try {
      checkLoaded(backend, { name, threads: 2, loadedThreads: '2' });
      return 'passes';
    } catch (error) {
      return (error as EngineError).what;
    }
  };

  it('gives it to the engine it is of', () => {
    expect(verdict(loaded(false, false), 'tfjs-node')).toBe('passes');
    expect(verdict(loaded(true, true), 'tfjs-node-gpu')).toBe('passes');
  });

  it('gives that of tfjs-node-gpu to tfjs-node only where it computes on the CPU', () => {
    expect(verdict(loaded(true, false), 'tfjs-node')).toBe('passes');
    expect(verdict(loaded(true, true), 'tfjs-node')).toBe(
      'this process has loaded the TensorFlow of tfjs-node-gpu, which computes on the GPU, and can hold no second one',
    );
  });

  it('has none for tfjs-node-gpu beside that of tfjs-node', () => {
    expect(verdict(loaded(false, false), 'tfjs-node-gpu')).toBe(
      'this process has loaded the TensorFlow of tfjs-node, which computes on the CPU, and can hold no second one',
    );
  });

  it('without a number of threads refuses every number', () => {
    const loadedElsewhere = () =>
      checkLoaded(loaded(false, false), { name: 'tfjs-node', threads: 2, loadedThreads: undefined });
    expect(loadedElsewhere).toThrow(
      'tfjs-node cannot be given 2 threads: TensorFlow was loaded without a number',
    );
  });
});
