import * as tf from '@tensorflow/tfjs-core';
import { type BlockWidths, downBlock, linear, spectralNorm, xavierUniform } from '@medgan/layers';
import {
  defineArchitecture,
  type Discriminator,
  type LayerInfo,
  type Mode,
  type NetworkSizes,
  type ParameterScope,
} from '@medgan/plugin-api';
import {
  FIRST_SIDE,
  RESIDUAL_IMAGE_SIZES,
  residualGenerator,
  residualGeneratorSizes,
} from './residual-generator.ts';

/** Channels at 4×4, in base widths: 16 at 64 px, as in the paper's networks; larger images have no more. */
const WIDEST = 16;

/** The discriminator's channels at a side of `side` pixels. */
const discriminatorWidth = (side: number, { imageSize, discriminatorFeatures }: NetworkSizes): number =>
  discriminatorFeatures * Math.min(WIDEST, imageSize / 2 / side);

/** One spectrally normalised residual block per halving, to 4×4, then one more, ReLU, sum over the pixels, linear. */
function discriminator(sizes: NetworkSizes, parameters: ParameterScope): Discriminator {
  const { imageSize, channels } = sizes;
  const layers: LayerInfo[] = [];
  const blocks: ((x: tf.Tensor4D, mode: Mode) => tf.Tensor4D)[] = [];
  const add = (side: number, widths: BlockWidths, halves: boolean): void => {
    const name = `block${blocks.length + 1}`;
    const block = downBlock({ ...widths, isFirst: blocks.length === 0, halves }, parameters.scope(name));
    blocks.push(block.apply);
    layers.push({
      name,
      kind: `spectral residual block${halves ? ', ÷2' : ''}`,
      output: [side, side, widths.outputs],
      parameters: block.parameters,
    });
  };
  let inputs = channels;
  for (let side = imageSize / 2; side >= FIRST_SIDE; side /= 2) {
    const outputs = discriminatorWidth(side, sizes);
    add(side, { inputs, outputs }, true);
    inputs = outputs;
  }
  const widest = Math.min(2 * inputs, WIDEST * sizes.discriminatorFeatures);
  add(FIRST_SIDE, { inputs, outputs: widest }, false);
  const head = linear(
    { inputs: widest, outputs: 1, init: xavierUniform() },
    parameters.scope(`l${blocks.length + 1}`),
    spectralNorm,
  );
  layers.push({
    name: `l${blocks.length + 1}`,
    kind: 'ReLU, sum over pixels, spectral linear',
    output: [1],
    parameters: widest + 1,
  });
  return {
    layers,
    apply: (images, mode) => {
      const y = blocks.reduce((x, block) => block(x, mode), images);
      return tf.reshape(head(tf.sum(tf.relu(y), [1, 2]) as tf.Tensor2D, mode), [-1]);
    },
  };
}

/** The residual networks that Miyato et al. published, from 64 px on: one more block per doubling. */
export default defineArchitecture({
  name: 'resnet-sngan',
  aliases: ['ResNetSNGAN'],
  summary: 'Residual GAN with a spectrally normalised discriminator, no batch norm in it',
  reference: 'Miyato, Kataoka, Koyama, Yoshida 2018, appendix B.4, https://arxiv.org/abs/1802.05957',
  options: { type: 'object', additionalProperties: false, properties: {} },
  imageSizes: RESIDUAL_IMAGE_SIZES,
  defaultObjective: 'hinge',
  tiny: { imageSize: 64, channels: 1, latentSize: 2, generatorFeatures: 1, discriminatorFeatures: 1 },
  generator: (sizes, _options, parameters) => residualGenerator(sizes, WIDEST, parameters),
  discriminator: (sizes, _options, parameters) => discriminator(sizes, parameters),
  generatorSizes: (shapes) => residualGeneratorSizes(shapes, WIDEST),
});
