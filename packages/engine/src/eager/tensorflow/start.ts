import { EngineError } from '../../engine-error.ts';
import { patchGradients } from '../../gradients.ts';
import { hasNvidiaDevice, thisMachine, type Machine } from '../../onnx/device-check.ts';
import type { EagerEngine } from '../eager-engine.ts';
import { startBackend } from '../start-backend.ts';
import { BACKEND, type TensorflowBackend } from './backend.ts';
import { loadTensorflow, type TensorflowOptions } from './load.ts';
import { patchTensorflowKernels } from './patch-kernels.ts';
import { findPackage } from './package.ts';

/**
 * Looks for a GPU before the TensorFlow of tfjs-node-gpu is loaded: without one it would be of no use, and keep that of
 * tfjs-node out of the process. Where the package is missing, that is the reason to give.
 */
export function checkGpu(machine: Pick<Machine, 'platform' | 'list'>): void {
  if (machine.platform !== 'linux' || hasNvidiaDevice(machine)) return;
  throw new EngineError('no NVIDIA device on this machine (neither /dev/nvidia0 nor /dev/dxg)', {
    cure: 'use engine: tfjs-node',
  });
}

/** Where TensorFlow computes, for people. */
function deviceOf({ isUsingGpuDevice, binding }: TensorflowBackend, threads: number): string {
  const where = isUsingGpuDevice ? 'CUDA' : `CPU, ${threads} thread${threads === 1 ? '' : 's'}`;
  return `${where}, TensorFlow ${binding.TF_Version}`;
}

let isMended = false;

function patchOnce(): void {
  // The package brings TF.js's gradients along, which replace ours.
  patchGradients();
  if (isMended) return;
  isMended = true;
  patchTensorflowKernels();
}

/** Where tfjs-node-gpu may compute. */
export interface GpuRule {
  /** Takes the CPU where TensorFlow sees no GPU: to look at an installation on a machine without one. */
  readonly allowCpu?: boolean;
}

/**
 * Starts TF.js over TensorFlow.
 *
 * @throws EngineError when the package is missing or does not load, TensorFlow sees no GPU for `tfjs-node-gpu`, or the
 *   process has loaded another TensorFlow.
 */
export async function startTensorflow(
  options: TensorflowOptions,
  { allowCpu = false }: GpuRule = {},
): Promise<EagerEngine> {
  const { name, threads } = options;
  const needsGpu = name === 'tfjs-node-gpu' && !allowCpu;
  if (needsGpu && findPackage(name)) checkGpu(thisMachine());
  const backend = loadTensorflow(options);
  if (needsGpu && !backend.isUsingGpuDevice) {
    throw new EngineError(`TensorFlow ${backend.binding.TF_Version} of tfjs-node-gpu sees no GPU`, {
      cure: 'install the driver and the CUDA libraries that it needs (docs/tfjs-node.md), or use engine: onnx-cuda',
    });
  }
  patchOnce();
  return startBackend({ engine: name, backend: BACKEND, device: deviceOf(backend, threads) });
}
