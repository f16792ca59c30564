import * as tf from '@tensorflow/tfjs-core';
import { batchNorm, convolution, linear, upBlock, xavierUniform } from '@medgan/layers';
import type {
  Generator,
  GeneratorSizes,
  LayerInfo,
  Mode,
  NetworkSizes,
  ParameterScope,
} from '@medgan/plugin-api';
import { confirmedSizes, type StoredShapes } from './read-sizes.ts';

/** Image sizes of the residual networks, in pixels per side. */
export const RESIDUAL_IMAGE_SIZES = [64, 128, 256] as const;

/** Pixels per side of the generator's first map and the discriminator's last one. */
export const FIRST_SIDE = 4;

/**
 * Latent → 4×4 → one residual block per doubling → batch norm, ReLU, 3×3 convolution, tanh. A map with `side` pixels
 * per side has imageSize / side base widths of channels, `widest` at most.
 */
export function residualGenerator(
  { imageSize, channels, latentSize, generatorFeatures }: NetworkSizes,
  widest: number,
  parameters: ParameterScope,
): Generator {
  const width = (side: number): number => generatorFeatures * Math.min(widest, imageSize / side);
  const first = width(FIRST_SIDE);
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
    const outputs = width(side);
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
      // PyTorch's view(N, C, 4, 4): the values of one channel are adjacent.
      const planes = tf.reshape(start(latents, mode), [-1, first, FIRST_SIDE, FIRST_SIDE]);
      const x = tf.transpose(planes, [0, 2, 3, 1]) as tf.Tensor4D;
      const y = blocks.reduce((image, block) => block(image, mode), x);
      return tf.tanh(toImage(tf.relu(norm(y, mode)), undefined));
    },
  };
}

/**
 * The sizes of a `residualGenerator` of this `widest`, read off its linear layer, the number of its blocks and its last
 * convolution.
 */
export function residualGeneratorSizes(shapes: StoredShapes, widest: number): GeneratorSizes | undefined {
  const blocks = [...shapes.keys()].filter((name) => /^block\d+\.c1\.weight$/.test(name)).length;
  const start = shapes.get('l1.weight');
  const last = shapes.get(`c${blocks + 2}.weight`);
  const imageSize = FIRST_SIDE * 2 ** blocks;
  if (!start || !last || !RESIDUAL_IMAGE_SIZES.some((size) => size === imageSize)) return undefined;
  const [channels, generatorFeatures] = last as [number, number];
  const guess = { imageSize, channels, latentSize: start[1]!, generatorFeatures };
  return confirmedSizes(guess, shapes, (sizes, parameters) => residualGenerator(sizes, widest, parameters));
}
