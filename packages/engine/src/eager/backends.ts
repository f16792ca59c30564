import { createRequire } from 'node:module';
import { EngineError } from '../engine-error.ts';
import { mendGradients } from '../gradients.ts';
import type { EagerEngineName } from '../names.ts';
import { tf } from '../tf.ts';
import { EagerEngine } from './eager-engine.ts';
import { imageByImage } from './cpu-resize-nearest-grad.ts';
import { wasmConv2DBackpropFilter } from './wasm-conv-backprop-filter.ts';

async function start(backend: string): Promise<void> {
  const ready = await tf.setBackend(backend);
  if (!ready) throw new EngineError(`the TF.js backend ${backend} did not start`);
}

async function importOptional(name: string): Promise<void> {
  try {
    createRequire(import.meta.url).resolve(name);
  } catch (error) {
    throw new EngineError(`${name} is not installed`, { cure: `npm install ${name}@4.22.0`, cause: error });
  }
  try {
    await import(name);
  } catch (error) {
    throw new EngineError(`${name} does not load: ${(error as Error).message}`, { cause: error });
  }
}

/** TF.js's own runtime, TensorFlow 2.9: an optional peer dependency, because it is hundreds of megabytes. */
async function tensorflow(name: 'tfjs-node' | 'tfjs-node-gpu'): Promise<EagerEngine> {
  await importOptional(`@tensorflow/${name}`);
  // It brings TF.js's gradients along, which replace ours.
  mendGradients();
  await start('tensorflow');
  const native = tf.backend() as { isUsingGpuDevice?: boolean };
  if (name === 'tfjs-node-gpu' && native.isUsingGpuDevice !== true) {
    throw new EngineError('@tensorflow/tfjs-node-gpu is installed, but TensorFlow sees no GPU', {
      cure: 'install CUDA 11.2 and cuDNN 8.1, which TensorFlow 2.9 needs',
    });
  }
  return new EagerEngine({
    engine: name,
    backend: 'tensorflow',
    device: name === 'tfjs-node-gpu' ? 'CUDA' : 'CPU',
  });
}

async function wasm(threads: number): Promise<EagerEngine> {
  const { setThreadsCount } = await import('@tensorflow/tfjs-backend-wasm');
  setThreadsCount(threads);
  if (!tf.getKernel('Conv2DBackpropFilter', 'wasm')) {
    tf.registerKernel({
      kernelName: 'Conv2DBackpropFilter',
      backendName: 'wasm',
      kernelFunc: wasmConv2DBackpropFilter,
    });
  }
  await start('wasm');
  return new EagerEngine({ engine: 'wasm', backend: 'wasm', device: 'CPU, WebAssembly' });
}

let isCpuRepaired = false;

function repairCpu(): void {
  if (isCpuRepaired) return;
  isCpuRepaired = true;
  const { kernelFunc } = tf.getKernel(tf.ResizeNearestNeighborGrad, 'cpu')!;
  tf.unregisterKernel(tf.ResizeNearestNeighborGrad, 'cpu');
  tf.registerKernel({
    kernelName: tf.ResizeNearestNeighborGrad,
    backendName: 'cpu',
    kernelFunc: imageByImage(kernelFunc),
  });
}

async function cpu(): Promise<EagerEngine> {
  await import('@tensorflow/tfjs-backend-cpu');
  repairCpu();
  await start('cpu');
  return new EagerEngine({ engine: 'cpu', backend: 'cpu', device: 'CPU, plain JavaScript, 1 thread' });
}

/** Starts an eager engine. @throws EngineError saying why it cannot run here. */
export function startEager(
  name: EagerEngineName,
  options: { readonly threads: number },
): Promise<EagerEngine> {
  switch (name) {
    case 'tfjs-node':
    case 'tfjs-node-gpu':
      return tensorflow(name);
    case 'wasm':
      return wasm(options.threads);
    case 'cpu':
      return cpu();
  }
}
