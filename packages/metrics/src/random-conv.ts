import { createRng, defineFeatures, type MetricImages } from '@medgan/plugin-api';
import { resize } from './functional/resize.ts';
import { timesRows } from './functional/row-products.ts';

/** Options of the features `random-conv`. */
export interface RandomConvOptions {
  /** Pixels per side that images are resized to. Default 64. */
  readonly side?: number;
  /** Output channels of the layers. Default 16, 32, 64. */
  readonly channels?: readonly number[];
  /** Which random network. Default 1. */
  readonly seed?: number;
}

/** A 3 × 3 convolution of stride 2 with zeros beyond the edge, then ReLU. */
interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  /** [outputs, 3, 3, inputs]; of float32's precision. */
  readonly weights: Float64Array;
}

/** An image inside the network, HWC. */
interface Activations {
  readonly side: number;
  readonly channels: number;
  readonly values: Float32Array;
}

function createLayers(channels: readonly number[], seed: number): Layer[] {
  const rng = createRng(`random-conv/${seed}`);
  return channels.map((outputs, i) => {
    const inputs = channels[i - 1] ?? 3;
    // He's scale keeps the variance of activations from layer to layer.
    const scale = Math.sqrt(2 / (9 * inputs));
    const weights = rng
      .split(`layer/${i}`)
      .normals(outputs * 9 * inputs)
      .map((weight) => weight * scale);
    if (i === 0) removeMeans(weights, outputs);
    return { inputs, outputs, weights: Float64Array.from(weights) };
  });
}

/** Takes from each filter its mean for each input channel, so that it answers to edges and texture, not to colour. */
function removeMeans(weights: Float32Array, outputs: number): void {
  const size = weights.length / outputs;
  for (let filter = 0; filter < weights.length; filter += size) {
    for (let input = filter; input < filter + 3; input++) {
      let sum = 0;
      for (let at = input; at < filter + size; at += 3) sum += weights[at]!;
      for (let at = input; at < filter + size; at += 3) weights[at]! -= sum / 9;
    }
  }
}

function convolve({ inputs, outputs, weights }: Layer, from: Activations): Activations {
  const side = Math.ceil(from.side / 2);
  const values = new Float32Array(side * side * outputs);
  const patch = new Float64Array(9 * inputs);
  const filters = { values: weights, start: 0, stride: patch.length, count: outputs };
  const sums = new Float64Array(outputs);
  let to = 0;
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      patch.fill(0);
      for (let tap = 0; tap < 9; tap++) {
        const y = 2 * row - 1 + Math.floor(tap / 3);
        const x = 2 * column - 1 + (tap % 3);
        if (y < 0 || x < 0 || y >= from.side || x >= from.side) continue;
        const at = (y * from.side + x) * inputs;
        for (let i = 0; i < inputs; i++) patch[tap * inputs + i] = from.values[at + i]!;
      }
      timesRows(patch, filters, sums);
      for (let output = 0; output < outputs; output++) values[to++] = Math.max(0, sums[output]!);
    }
  }
  return { side, channels: outputs, values };
}

/**
 * Logarithm against a middling activation: losing half of the texture is as far for a faint one as for a strong one.
 * Flattened below 0.01, about what 8-bit images resolve.
 */
function scaleOf(energy: number): number {
  return Math.log((0.01 + Math.max(0, energy)) / 0.1);
}

/** Logarithms of mean and standard deviation of every channel over all positions, written at `start`; returns where they end. */
function pool({ side, channels, values }: Activations, out: Float64Array, start: number): number {
  const positions = side * side;
  for (let channel = 0; channel < channels; channel++) {
    let sum = 0;
    for (let at = channel; at < values.length; at += channels) sum += values[at]!;
    const mean = sum / positions;
    let squares = 0;
    for (let at = channel; at < values.length; at += channels) squares += (values[at]! - mean) ** 2;
    out[start + channel] = scaleOf(mean);
    out[start + channels + channel] = scaleOf(Math.sqrt(squares / positions));
  }
  return start + 2 * channels;
}

/** One image of a batch as RGB in [0, 1]. */
function imageOf(images: MetricImages, index: number): Activations {
  const side = images.width;
  const values = new Float32Array(side * side * 3);
  const start = index * side * side * images.channels;
  for (let i = 0; i < values.length; i++) {
    const from = images.channels === 3 ? i : Math.floor(i / 3);
    values[i] = images.values[start + from]!;
  }
  return { side, channels: 3, values };
}

/** The plugin `random-conv`: needs no download and no training, and its values compare only with one another. */
export default defineFeatures<RandomConvOptions>({
  name: 'random-conv',
  summary:
    'Channel means and deviations of a small convolutional network with fixed random weights, never trained',
  reference: 'Naeem, Oh, Uh, Choi, Yoo 2020, https://arxiv.org/abs/2002.09797 (random embeddings, section 5)',
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      side: { type: 'integer', minimum: 2, default: 64 },
      channels: {
        type: 'array',
        items: { type: 'integer', minimum: 1 },
        minItems: 1,
        default: [16, 32, 64],
      },
      seed: { type: 'integer', minimum: 0, default: 1 },
    },
  },
  tiny: { side: 16, channels: [4, 6] },
  open(options) {
    const { side = 64, channels = [16, 32, 64], seed = 1 } = options;
    const layers = createLayers(channels, seed);
    const dims = 2 * channels.reduce((sum, count) => sum + count, 3);
    const extract = (images: MetricImages): Float64Array => {
      const sized = resize(images, { height: side, width: side, filter: 'bilinear' });
      const out = new Float64Array(images.count * dims);
      for (let index = 0, at = 0; index < images.count; index++) {
        let activations = imageOf(sized, index);
        at = pool(activations, out, at);
        for (const layer of layers) {
          activations = convolve(layer, activations);
          at = pool(activations, out, at);
        }
      }
      return out;
    };
    return Promise.resolve({
      name: 'random-conv',
      dims,
      record: {
        extractor: 'random-conv',
        version: 1,
        side,
        resize: 'bilinear',
        channels,
        seed,
        trained: false,
      },
      extract: (images) => Promise.resolve(extract(images)),
    });
  },
});
