import type { KernelFunc } from '@tensorflow/tfjs-core';
import { tf } from '../tf.ts';

/** Puts another function in the place of a kernel of a TF.js backend, made from the one that is there. */
export function replaceKernel(
  { kernelName, backendName }: { readonly kernelName: string; readonly backendName: string },
  make: (original: KernelFunc) => KernelFunc,
): void {
  const config = tf.getKernel(kernelName, backendName);
  if (!config) return;
  tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({ ...config, kernelFunc: make(config.kernelFunc) });
}
