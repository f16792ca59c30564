import * as tf from '@tensorflow/tfjs-core';
import { batchNorm, convolution, counted, transposedConvolution, type WeightTransform } from '@medgan/layers';
import type {
  Discriminator,
  Generator,
  GeneratorSizes,
  LayerInfo,
  Mode,
  NetworkSizes,
  ParameterScope,
} from '@medgan/plugin-api';
import { confirmedSizes, type StoredShapes } from './read-sizes.ts';

/** Image sizes of the two networks, in pixels. */
export const IMAGE_SIZES = [64, 128, 256] as const;

const KERNEL = 4;
const FIRST_SIDE = 4;
const LEAK = 0.2;

/** Where a layer stands in a network: its convolution, and the side of its output in pixels. */
interface Place {
  /** Number in PyTorch's Sequential. */
  readonly index: number;
  readonly side: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly stride: 1 | 2;
  readonly pad: 0 | 1;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** Channels at 4×4, in base widths: 8 at 64 px, doubling with the image size. */
const widest = (imageSize: number): number => imageSize / 8;

/** A layer per side from 4 to the image size. Channels halve as the side doubles. */
function generatorPlaces({ imageSize, channels, latentSize, generatorFeatures }: NetworkSizes): Place[] {
  const places: Place[] = [];
  let inputs = latentSize;
  for (let side = FIRST_SIDE; side <= imageSize; side *= 2) {
    const [isFirst, isLast] = [side === FIRST_SIDE, side === imageSize];
    const outputs = isLast ? channels : (widest(imageSize) * generatorFeatures * FIRST_SIDE) / side;
    const geometry = isFirst ? ({ stride: 1, pad: 0 } as const) : ({ stride: 2, pad: 1 } as const);
    // Convolution, batch norm and ReLU each have a number.
    places.push({ index: 3 * places.length, side, inputs, outputs, ...geometry, isFirst, isLast });
    inputs = outputs;
  }
  return places;
}

/** A layer per side from half the image size to 4, and a last one to a single logit. */
function discriminatorPlaces({ imageSize, channels, discriminatorFeatures }: NetworkSizes): Place[] {
  const places: Place[] = [];
  let inputs = channels;
  let index = 0;
  for (let side = imageSize / 2; side >= FIRST_SIDE; side /= 2) {
    const isFirst = index === 0;
    const outputs = (discriminatorFeatures * imageSize) / 2 / side;
    places.push({ index, side, inputs, outputs, stride: 2, pad: 1, isFirst, isLast: false });
    inputs = outputs;
    // The first layer has no batch norm, which would take a number.
    index += isFirst ? 2 : 3;
  }
  return [...places, { index, side: 1, inputs, outputs: 1, stride: 1, pad: 0, isFirst: false, isLast: true }];
}

type Apply = (x: tf.Tensor4D, mode: Mode) => tf.Tensor4D;

/** Transposed convolution, then batch norm and ReLU; tanh after the last one. */
function generatorLayer(place: Place, parameters: ParameterScope): Apply {
  const { index, outputs, isLast } = place;
  const grow = transposedConvolution({ ...place, kernel: KERNEL }, parameters.scope(`main.${index}`));
  if (isLast) return (x) => tf.tanh(grow(x, undefined));
  const norm = batchNorm(outputs, parameters.scope(`main.${index + 1}`));
  return (x, mode) => tf.relu(norm(grow(x, undefined), mode));
}

/** Convolution, batch norm (not after the first one) and leaky ReLU; the last one is a convolution alone. */
function discriminatorLayer(
  place: Place,
  parameters: ParameterScope,
  transform: WeightTransform<Mode> | undefined,
): Apply {
  const { index, outputs, isFirst, isLast } = place;
  const shrink = convolution({ ...place, kernel: KERNEL }, parameters.scope(`main.${index}`), transform);
  if (isLast) return (x, mode) => shrink(x, mode);
  if (isFirst) return (x, mode) => tf.leakyRelu(shrink(x, mode), LEAK);
  const norm = batchNorm(outputs, parameters.scope(`main.${index + 1}`));
  return (x, mode) => tf.leakyRelu(norm(shrink(x, mode), mode), LEAK);
}

/** What the table of layers says of a layer. */
const generatorKind = ({ stride, isLast }: Place): string =>
  `transposed conv ${KERNEL}×${KERNEL} / ${stride}${isLast ? ', tanh' : ', batch norm, ReLU'}`;

function discriminatorKind({ stride, isFirst, isLast }: Place, isSpectral: boolean): string {
  const conv = `${isSpectral ? 'spectral ' : ''}conv ${KERNEL}×${KERNEL} / ${stride}`;
  return isLast ? conv : `${conv}, ${isFirst ? '' : 'batch norm, '}leaky ReLU`;
}

interface Stack {
  readonly layers: readonly LayerInfo[];
  readonly apply: Apply;
}

/** Builds the layers one after another, with their rows of the table. */
function stack(
  places: readonly Place[],
  parameters: ParameterScope,
  of: {
    readonly build: (place: Place, parameters: ParameterScope) => Apply;
    readonly kind: (place: Place) => string;
  },
): Stack {
  const built = places.map((place) => {
    const layer = counted(parameters, (counting) => of.build(place, counting));
    const info: LayerInfo = {
      name: `main.${place.index}`,
      kind: of.kind(place),
      output: [place.side, place.side, place.outputs],
      parameters: layer.parameters,
    };
    return { info, apply: layer.made };
  });
  return {
    layers: built.map(({ info }) => info),
    apply: (x, mode) => built.reduce((y, layer) => layer.apply(y, mode), x),
  };
}

/**
 * The generator of Radford et al. 2016 as in MedImageGAN: a transposed convolution to 4×4, then one per doubling of the
 * side, each followed by batch norm and ReLU; the last one makes the image and is followed by tanh. Latents [N, latentSize]
 * → images [N, S, S, channels] in (−1, 1), NHWC. Layer numbers follow PyTorch's Sequential.
 */
export function dcganGenerator(sizes: NetworkSizes, parameters: ParameterScope): Generator {
  const { layers, apply } = stack(generatorPlaces(sizes), parameters, {
    build: generatorLayer,
    kind: generatorKind,
  });
  return {
    layers,
    apply: (latents, mode) => apply(tf.reshape(latents, [-1, 1, 1, sizes.latentSize]), mode),
  };
}

/** The sizes of `dcganGenerator`, from its stored weights: their number gives the image size, their shapes the rest. */
export function dcganGeneratorSizes(shapes: StoredShapes): GeneratorSizes | undefined {
  const named = [...shapes.keys()].filter((name) => /^main\.\d+\.weight$/.test(name)).length;
  // Every convolution except the last one has a batch norm, whose weight is stored too.
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
 * The discriminator of Radford et al. 2016 as in MedImageGAN: one strided convolution per halving of the side, followed by
 * batch norm (not after the first one) and leaky ReLU, then a convolution from 4×4 to the logit. Images [N, S, S, channels]
 * → logits [N]. `transform` renormalises the weight of every convolution.
 */
export function dcganDiscriminator(
  sizes: NetworkSizes,
  parameters: ParameterScope,
  transform?: WeightTransform<Mode>,
): Discriminator {
  const { layers, apply } = stack(discriminatorPlaces(sizes), parameters, {
    build: (place, scope) => discriminatorLayer(place, scope, transform),
    kind: (place) => discriminatorKind(place, transform !== undefined),
  });
  return { layers, apply: (images, mode) => tf.reshape(apply(images, mode), [-1]) };
}
