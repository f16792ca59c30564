import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineError } from '../../engine-error.ts';
import type { EngineFinding } from '../../examine-engine.ts';
import { INSTALLED, installFolder, type TensorflowEngineName } from '../tensorflow/package.ts';
import { pipArguments, requirements } from './binding.ts';
import { installEngine, type InstallMachine, type InstallOptions } from './install.ts';
import { commandRunner, reasonIn, type Command } from './run-command.ts';
import { TENSORFLOW_BUILDS } from './tensorflow-builds.ts';

let engines: string;
beforeEach(() => {
  engines = mkdtempSync(join(tmpdir(), 'medgan-install-'));
});
afterEach(() => rmSync(engines, { recursive: true, force: true }));

const TRAINS: EngineFinding = { device: 'CPU, 2 threads, TensorFlow 2.15.1' };

/** What an installation said and ran. The programs leave the files that the real ones would, and fail where `fails` matches. */
async function installing(
  given: Partial<Omit<InstallOptions, 'machine'>> & {
    machine?: Partial<InstallMachine>;
    fails?: RegExp;
  } = {},
) {
  const name: TensorflowEngineName = given.name ?? 'tfjs-node';
  const machine = {
    platform: 'linux',
    arch: 'x64',
    env: { MEDGAN_ENGINES: engines },
    hasGpu: false,
    ...given.machine,
  };
  const folder = installFolder(name, machine.env);
  const said: string[] = [];
  const ran: string[] = [];
  const run = ({ program, args }: Command) => {
    const line = [program, ...args].join(' ').replaceAll(folder, 'FOLDER');
    if (given.fails?.test(line)) return Promise.resolve({ ok: false, reason: `${program} says no` });
    ran.push(line);
    if (args[0] === 'install') {
      mkdirSync(join(folder, 'node_modules/@tensorflow', name, 'binding'), { recursive: true });
      writeFileSync(join(folder, 'node_modules/@tensorflow', name, 'binding/tfjs_backend.cc'), '');
    }
    if (args.includes('download')) writeFileSync(join(folder, 'wheels/tensorflow.whl'), '');
    if (args[0] === '-c') mkdirSync(join(folder, 'site/tensorflow/include'), { recursive: true });
    return Promise.resolve({ ok: true, reason: '' });
  };
  const outcome = await installEngine({
    confirm: () => Promise.resolve(true),
    examine: () => Promise.resolve(TRAINS),
    run,
    ...given,
    name,
    machine,
    say: (line) => said.push(line.replaceAll(folder, 'FOLDER')),
  }).catch((error: EngineError) => error);
  return { outcome, said, ran: ran.filter((line) => !line.endsWith('--version')), folder };
}

describe('an installation', () => {
  it('says what it does and needs, and takes what npm has', async () => {
    const { outcome, said, ran, folder } = await installing();
    expect(outcome).toBe('CPU, 2 threads, TensorFlow 2.15.1');
    expect(said).toMatchInlineSnapshot(`
      [
        "tfjs-node: TF.js 4.22.0 over TensorFlow, into FOLDER",
        "It takes 300 MB of npm packages, and TensorFlow:",
        "- as npm installs it, TensorFlow 2.9 and a prebuilt binding from storage.googleapis.com;",
        "- where that fails, TensorFlow 2.15.1 from PyPI, 207 MB to download and 590 MB on disk, and a binding that is compiled here.",
        "installing the npm package @tensorflow/tfjs-node@4.22.0",
        "letting the package fetch TensorFlow 2.9 and its prebuilt binding",
        "training a small network on it",
      ]
    `);
    expect(ran).toMatchInlineSnapshot(`
      [
        "npm install --prefix FOLDER --ignore-scripts --no-audit --no-fund @tensorflow/tfjs-node@4.22.0 node-api-headers@1.9.0",
        "npm rebuild --prefix FOLDER @tensorflow/tfjs-node",
      ]
    `);
    expect(existsSync(join(folder, INSTALLED))).toBe(true);
  });

  it('builds the binding where npm cannot fetch it', async () => {
    const { outcome, said, ran, folder } = await installing({ fails: /^npm rebuild/ });
    expect(outcome).toBe('CPU, 2 threads, TensorFlow 2.15.1');
    expect(said.slice(-6)).toMatchInlineSnapshot(`
      [
        "letting the package fetch TensorFlow 2.9 and its prebuilt binding",
        "that failed: npm says no",
        "downloading TensorFlow 2.15.1 (207 MB)",
        "unpacking tensorflow.whl",
        "compiling the binding",
        "training a small network on it",
      ]
    `);
    expect(ran.slice(1).map((line) => line.replace(/-c [\s\S]*?\n FOLDER/, '-c … FOLDER')))
      .toMatchInlineSnapshot(`
      [
        "python3 -m pip download --no-deps --only-binary=:all: --require-hashes --implementation cp --python-version 3.11 --platform manylinux2010_x86_64 --platform manylinux2014_x86_64 --platform manylinux_2_27_x86_64 --dest wheels --requirement wheels.txt",
        "python3 -c … FOLDER/wheels/tensorflow.whl FOLDER/site tensorflow/libtensorflow tensorflow/include/ nvidia/",
        "c++ -std=c++17 -O2 -fPIC -shared -DNAPI_VERSION=8 -IFOLDER/node_modules/@tensorflow/tfjs-node -IFOLDER/node_modules/node-api-headers/include -IFOLDER/site/tensorflow/include FOLDER/node_modules/@tensorflow/tfjs-node/binding/tfjs_backend.cc -o FOLDER/node_modules/@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node -LFOLDER/site/tensorflow -l:libtensorflow_cc.so.2 -l:libtensorflow_framework.so.2 -Wl,-rpath,FOLDER/site/tensorflow",
      ]
    `);
    expect(existsSync(join(folder, 'wheels'))).toBe(false);
  });

  it('builds the binding where that of npm does not train', async () => {
    const findings = [{ reason: 'libtensorflow.so.2: no such file' }, TRAINS];
    const { outcome, said } = await installing({ examine: () => Promise.resolve(findings.shift()!) });
    expect(outcome).toBe('CPU, 2 threads, TensorFlow 2.15.1');
    expect(said).toContain('that failed: libtensorflow.so.2: no such file');
    expect(said).toContain('compiling the binding');
  });

  it('for a GPU builds against CUDA 12 at once', async () => {
    const { said, ran } = await installing({ name: 'tfjs-node-gpu', machine: { hasGpu: true } });
    expect(said).toContain('installing the npm package @tensorflow/tfjs-node-gpu@4.22.0');
    expect(ran.some((line) => line.includes('rebuild'))).toBe(false);
    expect(
      ran.some((line) => line.includes('-o FOLDER/node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8')),
    ).toBe(true);
  });

  it('that works is left as it is', async () => {
    const { folder } = await installing();
    writeFileSync(join(folder, 'mark'), '');
    const again = await installing({ confirm: () => Promise.reject(new Error('was asked')) });
    expect(again).toMatchObject({
      outcome: 'CPU, 2 threads, TensorFlow 2.15.1',
      said: ['tfjs-node is installed in FOLDER, and trains'],
      ran: [],
    });
    expect(existsSync(join(folder, 'mark'))).toBe(true);
  });

  it('that no longer works is made anew', async () => {
    await installing();
    const findings = [{ reason: 'does not load' }, TRAINS];
    const { outcome, said, ran } = await installing({ examine: () => Promise.resolve(findings.shift()!) });
    expect(outcome).toBe('CPU, 2 threads, TensorFlow 2.15.1');
    expect(said[0]).toBe('tfjs-node is installed in FOLDER, and does not train: it is installed anew');
    expect(ran[0]).toMatch(/^npm install/);
  });

  it('does nothing without consent', async () => {
    const { outcome, ran, folder } = await installing({ confirm: () => Promise.resolve(false) });
    expect((outcome as EngineError).what).toBe('nothing was installed');
    expect(ran).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });

  it('does not touch a folder of somebody else', async () => {
    const folder = installFolder('tfjs-node', { MEDGAN_ENGINES: engines });
    mkdirSync(folder);
    writeFileSync(join(folder, 'package.json'), '{"name":"mine"}');
    const { outcome, ran } = await installing();
    expect((outcome as EngineError).what).toBe(
      `${folder} is there, and was not made by medgan engine install`,
    );
    expect(ran).toEqual([]);
    expect(readFileSync(join(folder, 'package.json'), 'utf8')).toBe('{"name":"mine"}');
  });

  it('names the tools that a build lacks, and how to get them', async () => {
    const { outcome } = await installing({ fails: /^npm rebuild|pip --version|^(c\+\+|g\+\+|clang\+\+) / });
    expect((outcome as EngineError).what).toMatchInlineSnapshot(
      `"to build the binding of tfjs-node, this is missing: Python 3 with pip (Debian: apt install python3-pip; another Python: PYTHON=/path/to/python3); a C++ compiler (Debian: apt install g++; another compiler: CXX=/path/to/compiler)"`,
    );
  });

  it('builds on Linux x64 only, and says so', async () => {
    const { outcome, said } = await installing({
      machine: { platform: 'darwin', arch: 'arm64' },
      fails: /^npm rebuild/,
    });
    expect(said.join('\n')).not.toContain('PyPI');
    expect((outcome as EngineError).what).toBe(
      'tfjs-node could not be installed as npm does, and is built on Linux x64 only, not on darwin arm64',
    );
  });

  it('names the step that failed, and where to look', async () => {
    const { outcome, folder } = await installing({ fails: /^npm rebuild|download/ });
    const error = outcome as EngineError;
    expect(error.what).toBe('downloading TensorFlow 2.15.1 (207 MB) failed: python3 says no');
    expect(error.cure).toBe(`look into ${join(folder, 'install.log')}, then run the command again`);
    expect(existsSync(join(folder, INSTALLED))).toBe(false);
  });
});

it('pins every wheel by its hash, which pip checks', () => {
  for (const build of Object.values(TENSORFLOW_BUILDS)) {
    for (const line of requirements(build).trimEnd().split('\n')) {
      expect(line).toMatch(/^[a-z0-9-]+==[\d.]+ --hash=sha256:[0-9a-f]{64}$/);
    }
  }
  expect(pipArguments()).toContain('--require-hashes');
});

describe('a program that is run', () => {
  it.each([
    [
      'npm error code 1\nnpm error Error: getaddrinfo ENOTFOUND x.org\nnpm error A log is in y',
      'Error: getaddrinfo ENOTFOUND x.org',
    ],
    [
      'In file a.cc\na.cc:1:10: fatal error: b.h: No such file\ncompilation terminated.',
      'a.cc:1:10: fatal error: b.h: No such file',
    ],
    ['first\nlast\n\n', 'last'],
    ['', 'it said nothing'],
  ])('gives its reason: %j', (written, reason) => {
    expect(reasonIn(written)).toBe(reason);
  });

  it('is logged, with what it wrote', async () => {
    const log = join(engines, 'install.log');
    const run = commandRunner(log);
    const node = (script: string) => run({ program: process.execPath, args: ['-e', script], cwd: engines });
    expect(await node('console.log("fine")')).toMatchObject({ ok: true });
    expect(await node('console.error("Error: no space"); process.exit(3)')).toEqual({
      ok: false,
      reason: 'Error: no space',
    });
    expect(await run({ program: join(engines, 'none'), args: [], cwd: engines })).toMatchObject({
      ok: false,
    });
    expect(readFileSync(log, 'utf8')).toMatch(
      /\$ .* -e console\.log\("fine"\)\nfine\n[\s\S]*Error: no space/,
    );
  });
});
