import * as tf from '@tensorflow/tfjs-core';
import type { StepInputs } from './step-inputs.ts';

/** What DiffAugment can do, under the names of its authors. */
export const DIFF_AUGMENTATIONS = ['color', 'translation', 'cutout'] as const;

/** Name of one differentiable augmentation. */
export type DiffAugmentation = (typeof DIFF_AUGMENTATIONS)[number];

/** One place where images are augmented; each has random numbers of its own. */
export interface DiffAugmentUse {
  /** In this order. */
  readonly policy: readonly DiffAugmentation[];
  readonly use: 'real' | 'fake' | 'generator';
}

/** Random numbers uniform in [0, 1), one per sample: [N, 1, 1, 1]. */
type Draw = tf.Tensor4D;

/** Largest shift, and side of the hole, as shares of the image: the authors' values. */
const SHIFT = 1 / 8;
const HOLE = 1 / 2;

/** Brightness by ±0.5, then saturation by 0 to 2, then contrast by 0.5 to 1.5. */
function color(images: tf.Tensor4D, [brightness, saturation, contrast]: readonly Draw[]): tf.Tensor4D {
  const spread = (x: tf.Tensor4D, axes: number[], factor: tf.Tensor): tf.Tensor4D => {
    const mean = tf.mean(x, axes, true);
    return tf.add(tf.mul(tf.sub(x, mean), factor), mean);
  };
  const lit: tf.Tensor4D = tf.add(images, tf.sub(brightness!, 0.5));
  return spread(spread(lit, [3], tf.mul(saturation!, 2)), [1, 2, 3], tf.add(contrast!, 0.5));
}

/** 0, 1, … size − 1, along one axis of an image. */
const positions = (size: number, axis: 1 | 2 | 3): tf.Tensor4D =>
  tf.tensor4d(
    [...Array(size).keys()],
    [1, 1, 1, 1].map((one, at) => (at === axis ? size : one)) as [number, number, number, number],
  );

/** Moves by whole pixels, up to an eighth of the side each way; what comes in from outside is 0, the middle grey. */
function translation(images: tf.Tensor4D, draws: readonly Draw[]): tf.Tensor4D {
  const [, size, , channels] = images.shape;
  const most = Math.round(size * SHIFT);
  // Row i of the matrix takes position i + shift. A product, because a compiled step has no other way to move each sample by
  // its own. Repeated a channel, because TF.js mistakes the samples when it repeats matrices itself.
  const offsets = tf.sub(positions(size, 3), positions(size, 2));
  const [rows, columns] = draws.map((draw) => {
    const shift = tf.sub(tf.floor(tf.mul(draw, 2 * most + 1)), most);
    return tf.cast(tf.equal(offsets, tf.tile(shift, [1, channels, 1, 1])), 'float32');
  });
  const planes = tf.transpose(images, [0, 3, 1, 2]);
  const moved = tf.matMul(tf.matMul(rows!, planes), columns!, false, true);
  return tf.transpose(moved, [0, 2, 3, 1]) as tf.Tensor4D;
}

/** Sets a square of half the side to 0, the middle grey; its middle is anywhere in the image. */
function cutout(images: tf.Tensor4D, [down, right]: readonly Draw[]): tf.Tensor4D {
  const size = images.shape[1];
  const side = Math.round(size * HOLE);
  const within = (place: tf.Tensor4D, draw: Draw): tf.Tensor => {
    const middle = tf.floor(tf.mul(draw, size + 1 - (side % 2)));
    const first = tf.sub(middle, Math.floor(side / 2));
    return tf.logicalAnd(tf.greaterEqual(place, first), tf.less(place, tf.add(first, side)));
  };
  const hole = tf.logicalAnd(within(positions(size, 1), down!), within(positions(size, 2), right!));
  return tf.mul(images, tf.cast(tf.logicalNot(hole), 'float32'));
}

const TRANSFORMS = {
  color: { draws: 3, apply: color },
  translation: { draws: 2, apply: translation },
  cutout: { draws: 2, apply: cutout },
} as const;

const inputName = (use: DiffAugmentUse['use'], name: DiffAugmentation): string =>
  `diff-augment/${use}/${name}`;

/** The random inputs that one use takes for a batch. */
export const diffAugmentInputs = ({ policy, use }: DiffAugmentUse, batch: number): StepInputs =>
  Object.fromEntries(
    policy.map((name) => [
      inputName(use, name),
      { shape: [batch, TRANSFORMS[name].draws], drawn: 'uniform' as const },
    ]),
  );

/**
 * Differentiable augmentation (Zhao et al. 2020, https://arxiv.org/abs/2006.10738) of square images [N, S, S, C] in
 * [−1, 1], NHWC; the result may leave that range, as the authors' does. `given` holds the inputs that
 * `diffAugmentInputs` names. Differentiable twice by the images.
 */
export function diffAugment(
  images: tf.Tensor4D,
  { policy, use }: DiffAugmentUse,
  given: Readonly<Record<string, tf.Tensor>>,
): tf.Tensor4D {
  const batch = images.shape[0];
  return policy.reduce((augmented, name) => {
    const drawn = given[inputName(use, name)]!;
    const { draws, apply } = TRANSFORMS[name];
    const columns = Array.from({ length: draws }, (_, i) =>
      tf.reshape(tf.slice(drawn, [0, i], [batch, 1]), [batch, 1, 1, 1]),
    ) as Draw[];
    return apply(augmented, columns);
  }, images);
}
