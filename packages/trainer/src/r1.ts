import * as tf from '@tensorflow/tfjs-core';
import { MedganError, messageOf } from '@medgan/files';

/**
 * Logits [N] of real images [N, S, S, C] and the R1 penalty γ/2 · mean ‖∇D(x)‖² on them (Mescheder et al. 2018,
 * https://arxiv.org/abs/1801.04406), from one forward pass, with all else that `judge` returns; tensors of it must be kept. Differentiating it differentiates the discriminator twice.
 */
export function judgeWithR1<Judged extends { readonly logits: tf.Tensor }>(
  judge: (images: tf.Tensor4D) => Judged,
  real: tf.Tensor4D,
  gamma: number,
): Judged & { readonly penalty: tf.Scalar } {
  // TF.js hands on the logits alone, so what else `judge` returns is caught here.
  let judged: Judged | undefined;
  const { value: logits, grad } = tf.valueAndGrad((x) => {
    judged = judge(x as tf.Tensor4D);
    return judged.logits;
  })(real);
  return { ...judged!, logits, penalty: tf.mul(tf.mean(tf.sum(tf.square(grad), [1, 2, 3])), gamma / 2) };
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
