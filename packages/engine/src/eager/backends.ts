import type { EagerEngineName } from '../names.ts';
import { tf } from '../tf.ts';
import { imageByImage } from './cpu-resize-nearest-grad.ts';
import type { EagerEngine } from './eager-engine.ts';
import { replaceKernel } from './replace-kernel.ts';
import { startBackend } from './start-backend.ts';
import { startTensorflow } from './tensorflow/start.ts';
import { wasmConv2DBackpropFilter } from './wasm-conv-backprop-filter.ts';

async function wasm(threads: number): Promise<EagerEngine> {
  const { setThreadsCount } = await import('@tensorflow/tfjs-backend-wasm');
  setThreadsCount(threads);
  if (!tf.getKernel(tf.Conv2DBackpropFilter, 'wasm')) {
    tf.registerKernel({
      kernelName: tf.Conv2DBackpropFilter,
      backendName: 'wasm',
      kernelFunc: wasmConv2DBackpropFilter,
    });
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
