import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { tf } from '../tf.ts';

/**
 * A tensor over an operand of a kernel, for kernels written in TF.js operations. The operand keeps its own reference:
 * disposing of the tensor leaves it alive.
 */
export function borrow(backend: unknown, info: TensorInfo): Tensor {
  (backend as { incRef(dataId: object): void }).incRef(info.dataId);
  return tf.engine().makeTensorFromTensorInfo(info);
}
