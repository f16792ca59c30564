import type { KernelFunc } from '@tensorflow/tfjs-core';
import { EngineError } from '../engine-error.ts';
import { tf } from '../tf.ts';
import { callSite } from '../trace/call-site.ts';
import { replaceKernel } from './replace-kernel.ts';

const CURE = 'use engine: onnx, or write that part of the step in other operations';

const named =
  (kernelName: string, engine: string) =>
  (original: KernelFunc): KernelFunc =>
  (call) => {
    try {
      return original(call);
    } catch (error) {
      if (error instanceof EngineError) throw error;
      throw new EngineError(
        `TF.js kernel ${kernelName}, called in ${callSite()}, fails on ${engine}: ${textOf(error)}`,
        { cure: CURE, cause: error },
      );
    }
  };

/** The message of an error of TF.js or TensorFlow in one line, without the status code before it. */
function textOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message
    .replace(/^Invalid TF_Status: \d+\s*Message: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .trim();
}

const done = new Set<string>();

/** Makes every kernel of a backend say its name, and who called it, when it fails. To be called when it is complete. */
export function nameKernelErrors(backendName: string, engine: string): void {
  if (done.has(backendName)) return;
  done.add(backendName);
  for (const { kernelName } of tf.getKernelsForBackend(backendName)) {
    replaceKernel({ kernelName, backendName }, named(kernelName, engine));
  }
}

/** What TF.js says of a kernel that a backend does not have. */
const MISSING = /^Kernel '(\w+)' not registered for backend '/;

/** The error a step failed with, said for users where a missing kernel is the reason. */
export function explained(error: unknown, engine: string): unknown {
  const kernelName = error instanceof Error ? MISSING.exec(error.message)?.[1] : undefined;
  if (kernelName === undefined) return error;
  return new EngineError(`the engine ${engine} has no TF.js kernel ${kernelName}`, {
    cure: CURE,
    cause: error,
  });
}
