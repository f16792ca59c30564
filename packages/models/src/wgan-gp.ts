import * as tf from '@tensorflow/tfjs-core';
import { convolution, criticBlock, linear, type ResidualBlock, xavierUniform } from '@medgan/layers';
import {
  defineArchitecture,
  type Discriminator,
  type LayerInfo,
  type NetworkSizes,
  type ParameterScope,
} from '@medgan/plugin-api';
import {
  FIRST_SIDE,
  RESIDUAL_IMAGE_SIZES,
  residualGenerator,
  residualGeneratorSizes,
} from './residual-generator.ts';

/** Channels at 4×4, in base widths: 8, as in the published networks for 64 px; larger images have no more. */
const WIDEST = 8;

/** The critic's channels at a side of `side` pixels: the base width at the image's side, doubled at each halving. */
const criticWidth = (side: number, { imageSize, discriminatorFeatures }: NetworkSizes): number =>
  discriminatorFeatures * Math.min(WIDEST, imageSize / side);

/** 3×3 convolution, one layer-normalised residual block per halving, to 4×4, linear. No sample depends on another. */
function critic(sizes: NetworkSizes, parameters: ParameterScope): Discriminator {
  const { imageSize, channels, discriminatorFeatures } = sizes;
  const fromImage = convolution<void>(
    {
      ...{ inputs: channels, outputs: discriminatorFeatures, kernel: 3, stride: 1, pad: 1, bias: true },
      init: xavierUniform(),
    },
    parameters.scope('c1'),
  );
  const layers: LayerInfo[] = [
    {
      name: 'c1',
      kind: 'conv 3×3',
      output: [imageSize, imageSize, discriminatorFeatures],
      parameters: (9 * channels + 1) * discriminatorFeatures,
    },
  ];
  const blocks: ResidualBlock['apply'][] = [];
  let inputs = discriminatorFeatures;
  for (let side = imageSize / 2; side >= FIRST_SIDE; side /= 2) {
    const name = `block${blocks.length + 2}`;
    const outputs = criticWidth(side, sizes);
    const block = criticBlock({ inputs, outputs }, parameters.scope(name));
    blocks.push(block.apply);
    layers.push({
      name,
      kind: 'layer-normalised residual block, ÷2',
      output: [side, side, outputs],
      parameters: block.parameters,
    });
    inputs = outputs;
  }
  const cells = FIRST_SIDE * FIRST_SIDE * inputs;
  const last = `l${blocks.length + 2}`;
  const head = linear({ inputs: cells, outputs: 1, init: xavierUniform() }, parameters.scope(last));
  layers.push({ name: last, kind: 'linear', output: [1], parameters: cells + 1 });
  return {
    layers,
    apply: (images, mode) => {
      const y = blocks.reduce((x, block) => block(x, mode), fromImage(images));
      // Flattened as PyTorch does: the values of one channel are adjacent.
      const rows = tf.reshape(tf.transpose(y, [0, 3, 1, 2]), [-1, cells]) as tf.Tensor2D;
      return tf.reshape(head(rows, mode), [-1]);
    },
  };
}

/**
 * The residual networks that Gulrajani et al. published for 64 px, with one more block per doubling above it. The generator's
 * blocks are those of `resnet-sngan`: their first convolutions have a bias, which the batch norm after them cancels.
 */
export default defineArchitecture({
  name: 'wgan-gp',
  aliases: ['WGAN-GP'],
  summary: 'Residual Wasserstein GAN: a layer-normalised critic for a gradient penalty',
  reference: 'Gulrajani et al. 2017, https://arxiv.org/abs/1704.00028',
  options: { type: 'object', additionalProperties: false, properties: {} },
  imageSizes: RESIDUAL_IMAGE_SIZES,
  defaultObjective: 'wasserstein-gp',
  // From algorithm 1 of the paper.
  training: { learningRate: 1e-4, beta1: 0, beta2: 0.9, discriminatorSteps: 5 },
  tiny: { imageSize: 64, channels: 1, latentSize: 2, generatorFeatures: 1, discriminatorFeatures: 1 },
  generator: (sizes, _options, parameters) => residualGenerator(sizes, WIDEST, parameters),
  discriminator: (sizes, _options, parameters) => critic(sizes, parameters),
  generatorSizes: (shapes) => residualGeneratorSizes(shapes, WIDEST),
});
