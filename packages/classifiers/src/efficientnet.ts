import * as tf from '@tensorflow/tfjs-core';
import { counted, fanOutUniform, linear } from '@medgan/layers';
import {
  defineClassifier,
  type ClassifierNetwork,
  type ClassifierSizes,
  type LayerInfo,
  type ParameterScope,
} from '@medgan/plugin-api';
import {
  dropped,
  hasShortcut,
  invertedBottleneck,
  normalisation,
  relu6,
  sameConvolution,
  swish,
  type Block,
} from './efficientnet/block.ts';
import { planOf, VARIANTS, type Variant, type VariantName } from './efficientnet/variants.ts';

/** Options of an EfficientNet. */
export interface EfficientnetOptions {
  /** Member of the family. Default `lite0`. */
  readonly variant: VariantName;
  /** Probability that a feature is dropped in training; the variant's own where left out. */
  readonly dropout?: number;
  /** Probability that the last block is left out in training; earlier ones in proportion. Default 0.2. */
  readonly drop_connect: number;
}

/** Means and deviations of ImageNet's RGB values in [0, 1]. */
const IMAGENET = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] } as const;

const average = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;

/**
 * The input that published weights expect, from images in [−1, 1]: Lite's (pixel − 127) / 128, else ImageNet's mean and
 * deviation by channel (of grey images, their average).
 */
function standardise(images: tf.Tensor4D, { lite }: Variant): tf.Tensor4D {
  if (lite) return tf.add(tf.mul(images, 127.5 / 128), 0.5 / 128);
  const isColour = images.shape[3] === 3;
  const constants = (list: readonly number[]): number | tf.Tensor1D =>
    isColour ? tf.tensor1d([...list]) : average(list);
  const pixels = tf.mul(tf.add(images, 1), 0.5);
  return tf.div(tf.sub(pixels, constants(IMAGENET.mean)), constants(IMAGENET.deviation));
}

/** Name under which the numbers are drawn that leave out block i. */
const blockName = (i: number): string => `drop_connect/${i}`;
const DROPOUT = 'dropout';

function efficientnet(
  sizes: ClassifierSizes,
  options: EfficientnetOptions,
  parameters: ParameterScope,
): ClassifierNetwork {
  const { imageSize, channels, classes } = sizes;
  const variant: Variant = VARIANTS[options.variant];
  const { dropout = variant.dropout, drop_connect: dropConnect } = options;
  const { stem, blocks, head } = planOf(variant);
  const activation = variant.lite ? relu6 : swish;
  const layers: LayerInfo[] = [];
  let side = imageSize;
  /** Builds a part, and notes it in the layer table. */
  const part = <T>(
    row: { readonly name: string; readonly kind: string; readonly outputs: number; readonly stride: number },
    build: (scope: ParameterScope) => T,
  ): T => {
    const { made, parameters: trained } = counted(parameters, build);
    side = Math.ceil(side / row.stride);
    layers.push({ name: row.name, kind: row.kind, output: [side, side, row.outputs], parameters: trained });
    return made;
  };
  const convolve = part({ name: '_conv_stem', kind: 'conv 3×3, ÷2', outputs: stem, stride: 2 }, (scope) => ({
    conv: sameConvolution(
      { inputs: channels, outputs: stem, kernel: 3, stride: 2 },
      scope.scope('_conv_stem'),
    ),
    norm: normalisation(stem, scope.scope('_bn0')),
  }));
  const bodies = blocks.map((plan, i): Block => {
    const { kernel, stride, expand, outputs } = plan;
    const name = `_blocks.${i}`;
    const kind = `MBConv${expand} ${kernel}×${kernel}${stride === 1 ? '' : `, ÷${stride}`}`;
    return part({ name, kind, outputs, stride }, (scope) =>
      invertedBottleneck(
        {
          ...plan,
          activation,
          squeezes: !variant.lite,
          dropConnect: (dropConnect * i) / blocks.length,
        },
        scope.scope(name),
      ),
    );
  });
  const last = blocks.at(-1)!.outputs;
  const finish = part({ name: '_conv_head', kind: 'conv 1×1', outputs: head, stride: 1 }, (scope) => ({
    conv: sameConvolution({ inputs: last, outputs: head, kernel: 1, stride: 1 }, scope.scope('_conv_head')),
    norm: normalisation(head, scope.scope('_bn1')),
  }));
  const judge = linear<void>(
    { inputs: head, outputs: classes, init: fanOutUniform },
    parameters.scope('_fc'),
  );
  layers.push({ name: '_fc', kind: 'linear', output: [classes], parameters: (head + 1) * classes });

  const skipped = blocks.flatMap((plan, i) => (dropConnect > 0 && i > 0 && hasShortcut(plan) ? [i] : []));
  return {
    layers,
    drawn: {
      ...Object.fromEntries(skipped.map((i) => [blockName(i), [1, 1, 1]])),
      ...(dropout > 0 ? { [DROPOUT]: [head] } : {}),
    },
    features: (images, mode, drawn = {}) => {
      let x = standardise(images, variant);
      x = activation(convolve.norm(convolve.conv(x, mode), mode));
      bodies.forEach((block, i) => {
        x = block(x, mode, drawn[blockName(i)]);
      });
      x = activation(finish.norm(finish.conv(x, mode), mode));
      return tf.mean(x, [1, 2]);
    },
    head: (features, drawn = {}) => {
      const noise = drawn[DROPOUT];
      return judge(noise ? dropped(features, dropout, noise) : features);
    },
  };
}

/**
 * EfficientNet B0 to B7, and the Lite family, which has no squeeze-and-excitation and ReLU6 in place of swish. Parameter
 * names are efficientnet_pytorch's; padding is TensorFlow's SAME, so that the published ImageNet weights fit.
 */
export default defineClassifier<EfficientnetOptions>({
  name: 'efficientnet',
  summary: 'EfficientNet B0 to B7 and Lite0 to Lite4, scaled in width, depth and image size together',
  reference: 'Tan, Le 2019, https://arxiv.org/abs/1905.11946',
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      variant: { type: 'string', enum: Object.keys(VARIANTS), default: 'lite0' },
      dropout: { type: 'number', minimum: 0, exclusiveMaximum: 1 },
      drop_connect: { type: 'number', minimum: 0, exclusiveMaximum: 1, default: 0.2 },
    },
  },
  smallestImage: 32,
  tiny: {
    options: { variant: 'micro', drop_connect: 0.2 },
    sizes: { imageSize: 32, channels: 1, classes: 2 },
  },
  network: efficientnet,
});
