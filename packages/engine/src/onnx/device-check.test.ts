import { describe, expect, it } from 'vitest';
import { withCure } from '@medgan/files';
import { checkDevice, shortNativeMessage, thisMachine, type Machine } from './device-check.ts';
import type { ExecutionProvider } from '../names.ts';

/** A Linux machine with these folders and environment variables, and nothing else. */
const linux = (folders: Record<string, string[]> = {}, env: Record<string, string> = {}): Machine => ({
  platform: 'linux',
  arch: 'x64',
  env,
  list: (folder) =>
    Object.entries(folders).find(([name]) => folder === name || folder.endsWith(`/${name}`))?.[1] ?? [],
});

const verdict = (provider: ExecutionProvider, machine: Machine): string => {
  try {
    checkDevice(provider, machine);
    return 'passes';
  } catch (error) {
    return withCure(error);
  }
};

const CUDA_LIBRARY = { 'napi-v6/linux/x64': ['libonnxruntime_providers_cuda.so'] };

describe('checkDevice', () => {
  it('asks nothing of the CPU', () => {
    expect(verdict('cpu', linux())).toBe('passes');
    expect(verdict('cpu', thisMachine())).toBe('passes');
  });

  it('wants the CUDA libraries first, then a device', () => {
    expect(verdict('cuda', linux({ '/dev': ['nvidia0'] }))).toMatchInlineSnapshot(`
      "engine: the CUDA libraries of onnxruntime-node are not installed
        cure: node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12 (needs CUDA 12 and cuDNN 9; docs/engine.md says how with CUDA 13)"
    `);
    expect(verdict('cuda', linux(CUDA_LIBRARY))).toMatchInlineSnapshot(`
      "engine: no NVIDIA device on this machine (neither /dev/nvidia0 nor /dev/dxg)
        cure: use engine: onnx"
    `);
    expect(verdict('cuda', linux({ ...CUDA_LIBRARY, '/dev': ['null', 'nvidia0'] }))).toBe('passes');
    expect(verdict('cuda', linux({ ...CUDA_LIBRARY, '/dev': ['dxg'] }))).toBe('passes');
    expect(verdict('cuda', { ...linux(), platform: 'darwin', arch: 'arm64' })).toMatchInlineSnapshot(`
      "engine: onnxruntime-node has no CUDA libraries for darwin arm64
        cure: use engine: onnx-webgpu"
    `);
  });

  it('wants a GPU or a named Vulkan driver for WebGPU, on Linux', () => {
    expect(verdict('webgpu', linux({ '/dev': ['null'], '/dev/dri': ['card0'] }))).toMatchInlineSnapshot(`
      "engine: no GPU device on this machine (none of /dev/dri/renderD*, /dev/nvidia0, /dev/dxg, VK_ICD_FILENAMES)
        cure: use engine: onnx, or point VK_ICD_FILENAMES at a software Vulkan driver such as SwiftShader"
    `);
    for (const machine of [
      linux({ '/dev/dri': ['card0', 'renderD128'] }),
      linux({ '/dev': ['nvidia0'] }),
      linux({ '/dev': ['dxg'] }),
      linux({}, { VK_ICD_FILENAMES: '/x/icd.json' }),
      linux({}, { VK_DRIVER_FILES: '/x/icd.json' }),
      { ...linux(), platform: 'darwin' },
      { ...linux(), platform: 'win32' },
    ]) {
      expect(verdict('webgpu', machine)).toBe('passes');
    }
  });
});

describe('shortNativeMessage', () => {
  it('keeps what a user can read', () => {
    const adapter =
      '/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 ' +
      'onnxruntime::webgpu::WebGpuContext::Initialize(const onnxruntime::webgpu::WebGpuContextConfig&)::<lambda()> ' +
      'adapter_result.status == wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters';
    expect(shortNativeMessage(adapter)).toBe('Failed to get a WebGPU adapter: No supported adapters');
    const library =
      '/onnxruntime_src/onnxruntime/core/session/provider_bridge_ort.cc:1988 onnxruntime::Provider& ' +
      'onnxruntime::ProviderLibrary::Get() [ONNXRuntimeError] : 1 : FAIL : Failed to load library';
    expect(shortNativeMessage(library)).toBe('Failed to load library');
    expect(shortNativeMessage('Missing Input: in:x')).toBe('Missing Input: in:x');
  });
});
