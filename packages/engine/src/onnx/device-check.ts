import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EngineError } from '../engine-error.ts';
import type { ExecutionProvider } from '../names.ts';

/** Facts of a machine that decide whether ONNX Runtime can use a GPU. */
export interface Machine {
  /** `process.platform`. */
  readonly platform: string;
  /** `process.arch`. */
  readonly arch: string;
  /** Environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Entries of a folder; none when it does not exist. */
  readonly list: (folder: string) => readonly string[];
}

const INSTALL_CUDA = 'node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12';

/** Where the installed onnxruntime-node keeps its native libraries. */
function libraryFolder({ platform, arch }: Machine): string {
  const manifest = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
  return join(dirname(manifest), 'bin', 'napi-v6', platform, arch);
}

/** True where Linux has an NVIDIA GPU, its own or that of the Windows around it. */
export const hasNvidiaDevice = ({ list }: Pick<Machine, 'list'>): boolean =>
  list('/dev').some((name) => /^nvidia\d+$/.test(name) || name === 'dxg');

function checkCuda(machine: Machine): void {
  const { platform, arch } = machine;
  if (platform !== 'linux' || arch !== 'x64') {
    throw new EngineError(`onnxruntime-node has no CUDA libraries for ${platform} ${arch}`, {
      cure: 'use engine: onnx-webgpu',
    });
  }
  if (!machine.list(libraryFolder(machine)).includes('libonnxruntime_providers_cuda.so')) {
    throw new EngineError('the CUDA libraries of onnxruntime-node are not installed', {
      cure: `${INSTALL_CUDA} (needs CUDA 12 and cuDNN 9; docs/engine.md says how with CUDA 13)`,
    });
  }
  if (!hasNvidiaDevice(machine)) {
    throw new EngineError('no NVIDIA device on this machine (neither /dev/nvidia0 nor /dev/dxg)', {
      cure: 'use engine: onnx',
    });
  }
}

function checkWebGpu({ platform, env, list }: Machine): void {
  if (platform !== 'linux' || env['VK_ICD_FILENAMES'] || env['VK_DRIVER_FILES']) return;
  const devices = [...list('/dev/dri'), ...list('/dev')];
  if (devices.some((name) => /^(renderD|nvidia)\d+$/.test(name) || name === 'dxg')) return;
  throw new EngineError(
    'no GPU device on this machine (none of /dev/dri/renderD*, /dev/nvidia0, /dev/dxg, VK_ICD_FILENAMES)',
    { cure: 'use engine: onnx, or point VK_ICD_FILENAMES at a software Vulkan driver such as SwiftShader' },
  );
}

/** The machine this process runs on. */
export function thisMachine(): Machine {
  return {
    platform: process.platform,
    arch: process.arch,
    env: process.env,
    list: (folder) => (existsSync(folder) ? readdirSync(folder) : []),
  };
}

/**
 * Looks for the device and the libraries that an execution provider needs, because ONNX Runtime reports missing ones by
 * native errors on the terminal.
 *
 * @throws EngineError saying what is missing.
 */
export function checkDevice(provider: ExecutionProvider, machine: Machine = thisMachine()): void {
  if (provider === 'cuda') checkCuda(machine);
  if (provider === 'webgpu') checkWebGpu(machine);
}

/** A message of ONNX Runtime without the C++ source line, signature and failed condition before it. */
export function shortNativeMessage(message: string): string {
  return message
    .replace(/\S+\.(?:cc|cpp|cu|h):\d+ .*? was false\. ?/gs, '')
    .replace(/\S+\.(?:cc|cpp|cu|h):\d+ \S+(?: \S+)*?\([^)]*\) /g, '')
    .replace(/\[ONNXRuntimeError\] : \d+ : [A-Z_]+ : /g, '')
    .trim();
}
