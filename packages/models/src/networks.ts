import * as tf from '@tensorflow/tfjs-core';
import type {
  Discriminator,
  Generator,
  GeneratorSizes,
  LayerInfo,
  Mode,
  NetworkSizes,
  ParameterScope,
} from '@medgan/plugin-api';
import { batchNorm } from './layers/batch-norm.ts';
import { convolution, transposedConvolution } from './layers/convolution.ts';
import type { WeightTransform } from './layers/spectral-norm.ts';
import { confirmedSizes, type StoredShapes } from './read-sizes.ts';

/** One step through a network, with its row of the layer table. */
interface Stage {
  readonly info: LayerInfo;
  readonly apply: (x: tf.Tensor4D, mode: Mode) => tf.Tensor4D;
}

/** Sizes the two networks are built at, in pixels. */
export const IMAGE_SIZES = [64, 128, 256] as const;

const KERNEL = 4;
const FIRST_SIDE = 4;
const LEAK = 0.2;

/** Channels at 4×4 are this many times the base width: 8 at 64 px, doubling with the size. */
const widest = (imageSize: number): number => imageSize / 8;

const through = (stages: readonly Stage[], x: tf.Tensor4D, mode: Mode): tf.Tensor4D =>
  stages.reduce((y, stage) => stage.apply(y, mode), x);

/**
 * The generator of Radford et al. 2016 as MedImageGAN has it: a transposed convolution to 4×4, then one a doubling,
 * each with batch norm and ReLU, and a last one to the image with tanh. Layer numbers follow PyTorch's Sequential.
 */
export function dcganGenerator(sizes: NetworkSizes, parameters: ParameterScope): Generator {
  const { imageSize, channels, latentSize, generatorFeatures } = sizes;
  const stages: Stage[] = [];
  let inputs = latentSize;
  for (let side = FIRST_SIDE, index = 0; side <= imageSize; side *= 2, index += 3) {
    const isLast = side === imageSize;
    const outputs = isLast ? channels : (widest(imageSize) * generatorFeatures * FIRST_SIDE) / side;
    const first = index === 0;
    const spec = { inputs, outputs, kernel: KERNEL, stride: first ? 1 : 2, pad: first ? 0 : 1 };
    const grow = transposedConvolution(spec, parameters.scope(`main.${index}`));
    const norm = isLast ? undefined : batchNorm(outputs, parameters.scope(`main.${index + 1}`));
    stages.push({
      info: {
        name: `main.${index}`,
        kind: `transposed conv ${KERNEL}×${KERNEL} / ${spec.stride}${isLast ? ', tanh' : ', batch norm, ReLU'}`,
        output: [side, side, outputs],
        parameters: KERNEL * KERNEL * inputs * outputs + (isLast ? 0 : 2 * outputs),
      },
      apply: (x, mode) => {
        const y = grow(x, undefined);
        return norm ? tf.relu(norm(y, mode)) : tf.tanh(y);
      },
    });
    inputs = outputs;
  }
  return {
    layers: stages.map((stage) => stage.info),
    apply: (latents, mode) => through(stages, tf.reshape(latents, [-1, 1, 1, latentSize]), mode),
  };
}

/** The sizes of `dcganGenerator`, read off its weights: their number gives the image size, their shapes the rest. */
export function dcganGeneratorSizes(shapes: StoredShapes): GeneratorSizes | undefined {
  const named = [...shapes.keys()].filter((name) => /^main\.\d+\.weight$/.test(name)).length;
  // Every convolution but the last has a batch norm.
  const weights = Math.ceil(named / 2);
  const imageSize = FIRST_SIDE * 2 ** (weights - 1);
  const first = shapes.get('main.0.weight');
  const last = shapes.get(`main.${3 * (weights - 1)}.weight`);
  if (first?.length !== 4 || last?.length !== 4 || !IMAGE_SIZES.some((size) => size === imageSize))
    return undefined;
  const [generatorFeatures, channels] = last as [number, number];
  const guess = { imageSize, channels, latentSize: first[0]!, generatorFeatures };
  return confirmedSizes(guess, shapes, dcganGenerator);
}

/**
 * The discriminator of Radford et al. 2016 as MedImageGAN has it: one strided convolution a halving, leaky ReLU, batch
 * norm on all but the first and the last. `transform` renormalises every weight, the head's included.
 */
export function dcganDiscriminator(
  sizes: NetworkSizes,
  parameters: ParameterScope,
  transform?: WeightTransform<Mode>,
): Discriminator {
  const { imageSize, channels, discriminatorFeatures } = sizes;
  const stages: Stage[] = [];
  const prefix = transform ? 'spectral ' : '';
  let inputs = channels;
  let index = 0;
  for (let side = imageSize / 2; side >= FIRST_SIDE; side /= 2) {
    const first = stages.length === 0;
    const outputs = (discriminatorFeatures * imageSize) / 2 / side;
    const spec = { inputs, outputs, kernel: KERNEL, stride: 2, pad: 1 };
    const shrink = convolution(spec, parameters.scope(`main.${index}`), transform);
    const norm = first ? undefined : batchNorm(outputs, parameters.scope(`main.${index + 1}`));
    stages.push({
      info: {
        name: `main.${index}`,
        kind: `${prefix}conv ${KERNEL}×${KERNEL} / 2, ${first ? '' : 'batch norm, '}leaky ReLU`,
        output: [side, side, outputs],
        parameters: KERNEL * KERNEL * inputs * outputs + (first ? 0 : 2 * outputs),
      },
      apply: (x, mode) => {
        const y = shrink(x, mode);
        return tf.leakyRelu(norm ? norm(y, mode) : y, LEAK);
      },
    });
    inputs = outputs;
    index += first ? 2 : 3;
  }
  const headSpec = { inputs, outputs: 1, kernel: KERNEL, stride: 1, pad: 0 };
  const head = convolution(headSpec, parameters.scope(`main.${index}`), transform);
  stages.push({
    info: {
      name: `main.${index}`,
      kind: `${prefix}conv ${KERNEL}×${KERNEL} / 1`,
      output: [1, 1, 1],
      parameters: KERNEL * KERNEL * inputs,
    },
    apply: (x, mode) => head(x, mode),
  });
  return {
    layers: stages.map((stage) => stage.info),
    apply: (images, mode) => tf.reshape(through(stages, images, mode), [-1]),
  };
}
