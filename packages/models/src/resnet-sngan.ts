import * as tf from '@tensorflow/tfjs-core';
import {
  defineArchitecture,
  type Discriminator,
  type Generator,
  type GeneratorSizes,
  type LayerInfo,
  type Mode,
  type NetworkSizes,
  type ParameterScope,
} from '@medgan/plugin-api';
import { batchNorm } from './layers/batch-norm.ts';
import { convolution } from './layers/convolution.ts';
import { xavierUniform } from './layers/initializers.ts';
import { linear } from './layers/linear.ts';
import { downBlock, upBlock, type BlockWidths } from './layers/residual.ts';
import { spectralNorm } from './layers/spectral-norm.ts';
import { confirmedSizes, type StoredShapes } from './read-sizes.ts';

const IMAGE_SIZES = [64, 128, 256] as const;
const FIRST_SIDE = 4;

/** Channels of the generator at 4×4, in base widths: 16 at 64 px, as in the paper's networks, and no more above. */
const WIDEST = 16;

/** Channels where the generator's image is `side` pixels: halved at each doubling, the last one the base width. */
const generatorWidth = (side: number, { imageSize, generatorFeatures }: GeneratorSizes): number =>
  generatorFeatures * Math.min(WIDEST, imageSize / side);

/** Channels where the discriminator's image is `side` pixels, after `imageSize / side` halvings. */
const discriminatorWidth = (side: number, { imageSize, discriminatorFeatures }: NetworkSizes): number =>
  discriminatorFeatures * Math.min(WIDEST, imageSize / 2 / side);

/** Latent → 4×4 → one residual block a doubling → batch norm, ReLU, 3×3 convolution, tanh. */
function generator(sizes: NetworkSizes, parameters: ParameterScope): Generator {
  const { imageSize, channels, latentSize } = sizes;
  const first = generatorWidth(FIRST_SIDE, sizes);
  const cells = FIRST_SIDE * FIRST_SIDE * first;
  const start = linear({ inputs: latentSize, outputs: cells, init: xavierUniform() }, parameters.scope('l1'));
  const layers: LayerInfo[] = [
    {
      name: 'l1',
      kind: 'linear',
      output: [FIRST_SIDE, FIRST_SIDE, first],
      parameters: (latentSize + 1) * cells,
    },
  ];
  const blocks: ((x: tf.Tensor4D, mode: Mode) => tf.Tensor4D)[] = [];
  let inputs = first;
  for (let side = 2 * FIRST_SIDE; side <= imageSize; side *= 2) {
    const name = `block${blocks.length + 2}`;
    const outputs = generatorWidth(side, sizes);
    const block = upBlock({ inputs, outputs }, parameters.scope(name));
    blocks.push(block.apply);
    layers.push({
      name,
      kind: 'residual block, ×2',
      output: [side, side, outputs],
      parameters: block.parameters,
    });
    inputs = outputs;
  }
  const last = blocks.length + 2;
  const norm = batchNorm(inputs, parameters.scope(`b${last}`));
  const toImage = convolution(
    { inputs, outputs: channels, kernel: 3, stride: 1, pad: 1, bias: true, init: xavierUniform() },
    parameters.scope(`c${last}`),
  );
  layers.push({
    name: `c${last}`,
    kind: 'batch norm, ReLU, conv 3×3, tanh',
    output: [imageSize, imageSize, channels],
    parameters: 2 * inputs + (9 * inputs + 1) * channels,
  });
  return {
    layers,
    apply: (latents, mode) => {
      // PyTorch's view(N, C, 4, 4): the numbers of one channel lie side by side.
      const planes = tf.reshape(start(latents, mode), [-1, first, FIRST_SIDE, FIRST_SIDE]);
      const x = tf.transpose(planes, [0, 2, 3, 1]) as tf.Tensor4D;
      const y = blocks.reduce((image, block) => block(image, mode), x);
      return tf.tanh(toImage(tf.relu(norm(y, mode)), undefined));
    },
  };
}

/** One spectrally normalised residual block a halving, to 4×4, one more, ReLU, sum over the pixels, linear. */
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

/** The sizes of the generator, read off its linear layer, the number of its blocks and its last convolution. */
function generatorSizes(shapes: StoredShapes): GeneratorSizes | undefined {
  const blocks = [...shapes.keys()].filter((name) => /^block\d+\.c1\.weight$/.test(name)).length;
  const start = shapes.get('l1.weight');
  const last = shapes.get(`c${blocks + 2}.weight`);
  const imageSize = FIRST_SIDE * 2 ** blocks;
  if (!start || !last || !IMAGE_SIZES.some((size) => size === imageSize)) return undefined;
  const [channels, generatorFeatures] = last as [number, number];
  const guess = { imageSize, channels, latentSize: start[1]!, generatorFeatures };
  return confirmedSizes(guess, shapes, generator);
}

export default defineArchitecture({
  name: 'resnet-sngan',
  aliases: ['ResNetSNGAN'],
  summary: 'Residual GAN with a spectrally normalised discriminator, no batch norm in it',
  reference: 'Miyato, Kataoka, Koyama, Yoshida 2018, appendix B.4, https://arxiv.org/abs/1802.05957',
  options: { type: 'object', additionalProperties: false, properties: {} },
  imageSizes: IMAGE_SIZES,
  defaultObjective: 'hinge',
  tiny: { imageSize: 64, channels: 1, latentSize: 2, generatorFeatures: 1, discriminatorFeatures: 1 },
  generator: (sizes, _options, parameters) => generator(sizes, parameters),
  discriminator: (sizes, _options, parameters) => discriminator(sizes, parameters),
  generatorSizes,
});
