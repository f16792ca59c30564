import {
  getGradient,
  registerGradient,
  type AvgPoolGradAttrs,
  type GradConfig,
  type NamedTensorMap,
  type ResizeNearestNeighborGradAttrs,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { resizeBilinear } from './resize-bilinear-gradient.ts';

/**
 * Kernels whose TF.js gradient keeps the output, and their inputs. TF.js puts the kept copy on its tape before the
 * kernel that made it, so that differentiating such a gradient again misses every path through the output (4.22).
 */
const KEEPS_OUTPUT: Readonly<Record<string, readonly string[]>> = {
  [tf.Exp]: ['x'],
  [tf.Max]: ['x'],
  [tf.Min]: ['x'],
  [tf.Pow]: ['a', 'b'],
  [tf.Sigmoid]: ['x'],
  [tf.Softmax]: ['logits'],
  [tf.Tanh]: ['x'],
};

/** The same gradient, which computes the output again. A compiled step computes it once: equal nodes are merged. */
function recomputing(original: GradConfig, inputNames: readonly string[]): GradConfig {
  const { kernelName, inputsToSave = [], gradFunc } = original;
  return {
    kernelName,
    inputsToSave: [...inputNames],
    gradFunc: (dy, saved, attrs) => {
      const inputs: NamedTensorMap = Object.fromEntries(inputNames.map((name, i) => [name, saved[i]!]));
      const output: Tensor = tf.engine().runKernel(kernelName, inputs, attrs);
      return gradFunc(dy, [...inputsToSave.map((name) => inputs[name]!), output], attrs);
    },
  };
}

const TWO = ['a', 'b'] as const;

/** Kernels with a slope of 0 wherever they have one. TF.js refuses to differentiate through them. */
const FLAT: Readonly<Record<string, readonly string[]>> = {
  [tf.Equal]: TWO,
  [tf.Greater]: TWO,
  [tf.GreaterEqual]: TWO,
  [tf.Less]: TWO,
  [tf.LessEqual]: TWO,
  [tf.LogicalAnd]: TWO,
  [tf.LogicalNot]: ['x'],
  [tf.LogicalOr]: TWO,
  [tf.NotEqual]: TWO,
};

const flat = (kernelName: string, inputNames: readonly string[]): GradConfig => ({
  kernelName,
  inputsToSave: [...inputNames],
  gradFunc: (_dy, saved) =>
    Object.fromEntries(inputNames.map((name, i) => [name, () => tf.zeros(saved[i]!.shape)])),
});

/** TF.js has no gradient of EluGrad. The slope is 1 above zero and eˣ below. */
const elu: GradConfig = {
  kernelName: tf.Elu,
  inputsToSave: ['x'],
  gradFunc: (dy, [x]) => ({ x: () => tf.mul(dy as Tensor, tf.exp(tf.minimum(x!, 0))) }),
};

/** The gradient of a linear operation is linear in dy: differentiated by dy, it is the operation itself. */
const LINEAR: readonly GradConfig[] = [
  {
    kernelName: tf.AvgPoolGrad,
    inputsToSave: ['input'],
    gradFunc: (dy, [input], attrs) => {
      const { filterSize, strides, pad } = attrs as unknown as AvgPoolGradAttrs;
      return {
        dy: () => tf.avgPool(dy as Tensor4D, filterSize, strides, pad),
        input: () => tf.zerosLike(input!),
      };
    },
  },
  {
    kernelName: tf.ResizeNearestNeighborGrad,
    inputsToSave: ['images', 'dy'],
    gradFunc: (dy, [images, upper], attrs) => {
      const { alignCorners } = attrs as unknown as ResizeNearestNeighborGradAttrs;
      const size = upper!.shape.slice(1, 3) as [number, number];
      return {
        images: () => tf.zerosLike(images!),
        dy: () => tf.image.resizeNearestNeighbor(dy as Tensor4D, size, alignCorners),
      };
    },
  },
];

/** Makes TF.js's gradients differentiable, so that a gradient penalty may go through any layer. */
export function patchGradients(): void {
  for (const [kernel, inputs] of Object.entries(KEEPS_OUTPUT)) {
    registerGradient(recomputing(getGradient(kernel), inputs));
  }
  for (const [kernel, inputs] of Object.entries(FLAT)) registerGradient(flat(kernel, inputs));
  for (const config of [elu, resizeBilinear, ...LINEAR]) registerGradient(config);
}
