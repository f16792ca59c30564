import type { KernelFunc } from '@tensorflow/tfjs-core';
import type { EagerEngineName } from '../names.ts';
import { tf } from '../tf.ts';
import { imageByImage } from './cpu-resize-nearest-grad.ts';
import type { EagerEngine } from './eager-engine.ts';
import { replaceKernel } from './replace-kernel.ts';
import { startBackend } from './start-backend.ts';
import { startTensorflow } from './tensorflow/start.ts';
import { wasmConv2DBackpropFilter } from './wasm-conv-backprop-filter.ts';
import { wasmDepthwiseBackpropFilter, wasmDepthwiseBackpropInput } from './wasm-depthwise-gradients.ts';

/** Kernels that TF.js's wasm backend lacks. */
const WASM_KERNELS: Readonly<Record<string, KernelFunc>> = {
  [tf.Conv2DBackpropFilter]: wasmConv2DBackpropFilter,
  [tf.DepthwiseConv2dNativeBackpropFilter]: wasmDepthwiseBackpropFilter,
  [tf.DepthwiseConv2dNativeBackpropInput]: wasmDepthwiseBackpropInput,
};

async function wasm(threads: number): Promise<EagerEngine> {
  const { setThreadsCount } = await import('@tensorflow/tfjs-backend-wasm');
  setThreadsCount(threads);
  for (const [kernelName, kernelFunc] of Object.entries(WASM_KERNELS)) {
    if (!tf.getKernel(kernelName, 'wasm')) {
      tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc });
    }
  }
  return startBackend({ engine: 'wasm', backend: 'wasm', device: 'CPU, WebAssembly' });
}

let isCpuMended = false;

async function cpu(): Promise<EagerEngine> {
  await import('@tensorflow/tfjs-backend-cpu');
  if (!isCpuMended) {
    isCpuMended = true;
    replaceKernel({ kernelName: tf.ResizeNearestNeighborGrad, backendName: 'cpu' }, imageByImage);
  }
  return startBackend({ engine: 'cpu', backend: 'cpu', device: 'CPU, plain JavaScript, 1 thread' });
}

/** Starts an eager engine. @throws EngineError saying why it cannot run here. */
export function startEager(
  name: EagerEngineName,
  { threads }: { readonly threads: number },
): Promise<EagerEngine> {
  switch (name) {
    case 'tfjs-node':
    case 'tfjs-node-gpu':
      return startTensorflow({ name, threads });
    case 'wasm':
      return wasm(threads);
    case 'cpu':
      return cpu();
  }
}
