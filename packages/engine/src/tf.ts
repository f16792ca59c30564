/**
 * TF.js, ready for gradients. Under Node, tfjs-core's bundle registers its gradients only when tfjs-layers is loaded.
 * Production mode keeps the backends from printing advice.
 */
import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import { patchGradients } from './gradients.ts';

// Not by `import`, for which Node lists the exports of the bundle: that takes 0.4 s, and nobody needs the list.
const require = createRequire(import.meta.url);
require('@tensorflow/tfjs-layers');
tf.enableProdMode();
patchGradients();

/** Runs `body` with the named TF.js backend, which must be initialised, and puts the former one back. */
export function withBackend<T>(name: string, body: () => T): T {
  const former = tf.engine().backendName as string | undefined;
  if (former === name) return body();
  // For an initialised backend everything happens before the returned promise is made.
  void tf.setBackend(name);
  try {
    return body();
  } finally {
    if (former !== undefined && tf.engine().registry[former] !== undefined) void tf.setBackend(former);
  }
}

export { tf };
