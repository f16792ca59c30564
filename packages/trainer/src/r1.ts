import * as tf from '@tensorflow/tfjs-core';
import { MedganError, messageOf } from '@medgan/files';

/**
 * Logits [N] of real images [N, S, S, C] and the R1 penalty γ/2 · mean ‖∇D(x)‖² on them (Mescheder et al. 2018,
 * https://arxiv.org/abs/1801.04406), from one forward pass. Differentiating it differentiates the discriminator twice.
 */
export function judgeWithR1(
  judge: (images: tf.Tensor4D) => tf.Tensor,
  real: tf.Tensor4D,
  gamma: number,
): { readonly logits: tf.Tensor; readonly penalty: tf.Scalar } {
  const { value: logits, grad } = tf.valueAndGrad((x) => judge(x as tf.Tensor4D))(real);
  return { logits, penalty: tf.mul(tf.mean(tf.sum(tf.square(grad), [1, 2, 3])), gamma / 2) };
}

/** Does `body`, and says what it means when TF.js has no gradient of a gradient. */
export function differentiatedTwice<T>(body: () => T): T {
  try {
    return body();
  } catch (error) {
    const kernel = /gradient function not found for (\w+)/.exec(messageOf(error))?.[1];
    if (kernel === undefined) throw error;
    throw new MedganError(
      `the discriminator cannot be differentiated twice: TF.js has no gradient of ${kernel}`,
      {
        cure: 'leave out r1 or choose an objective without a gradient penalty, or build the discriminator of other layers',
        cause: error,
      },
    );
  }
}
