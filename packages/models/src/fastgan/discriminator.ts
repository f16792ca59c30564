import * as tf from '@tensorflow/tfjs-core';
import { convolution, counted, halved, spectralNorm } from '@medgan/layers';
import type { Discriminator, LayerInfo, Mode, NetworkSizes, ParameterScope } from '@medgan/plugin-api';
import {
  downBlock,
  excitation,
  HALVING,
  leaky,
  normedConvolution,
  PIXELWISE,
  SAME,
  type Layer,
} from './blocks.ts';
import type { Features } from './features.ts';
import { reconstruction } from './reconstruction.ts';

/** Pixels per side of the maps that are judged. */
const LAST_SIDE = 8;
/** Pixels per side of the map whose quarters are also reconstructed. */
const MIDDLE_SIDE = 16;
/** A map excites the map of an eighth of its side. */
const EXCITES = 8;
/** Kernel of the heads: each of the 5×5 logits sees half of an 8×8 map. */
const WINDOW = { kernel: 4, stride: 1, pad: 0 };

/** Adds a row to the table of layers, and builds the layer in a scope of the row's name. */
type AddLayer = <T>(
  row: Pick<LayerInfo, 'name' | 'kind' | 'output'>,
  build: (parameters: ParameterScope) => T,
) => T;

interface Branch {
  readonly sizes: NetworkSizes;
  /** Channels of the map with `side` pixels per side. */
  readonly width: (side: number) => number;
  readonly add: AddLayer;
}

/** Residual blocks from the image to 8×8, each map excited by the map of eight times its side. */
function wholeBranch({ sizes: { imageSize, channels }, width, add }: Branch) {
  const fromImage = add(
    {
      name: 'image',
      kind: 'spectral conv 3×3, leaky ReLU',
      output: [imageSize, imageSize, width(imageSize)],
    },
    (scope) => convolution({ inputs: channels, outputs: width(imageSize), ...SAME }, scope, spectralNorm),
  );
  const stages: { readonly side: number; readonly shrink: Layer; readonly excite?: Layer }[] = [];
  for (let side = imageSize / 2; side >= LAST_SIDE; side /= 2) {
    const [inputs, outputs] = [width(2 * side), width(side)];
    const source = EXCITES * side;
    const isExcited = source <= imageSize;
    const kind = `residual block, ÷2${isExcited ? `, excited by ${source}×${source}` : ''}`;
    const stage = add({ name: `down${side}`, kind, output: [side, side, outputs] }, (scope) => {
      const shrink = downBlock({ inputs, outputs }, scope);
      if (!isExcited) return { side, shrink };
      const widths = { inputs: width(source), outputs };
      return { side, shrink, excite: excitation(widths, scope.scope('excite')) };
    });
    stages.push(stage);
  }
  return (images: tf.Tensor4D, mode: Mode): Pick<Features, 'last' | 'middle'> => {
    let x = leaky(fromImage(images, mode));
    const maps = new Map([[imageSize, x]]);
    for (const { side, shrink, excite } of stages) {
      x = shrink(x, mode);
      if (excite) x = tf.mul(x, excite(maps.get(EXCITES * side)!, mode));
      maps.set(side, x);
    }
    return { last: x, middle: maps.get(MIDDLE_SIDE)! };
  };
}

/** Plain blocks from the image at half its side to 8×8. */
function smallBranch({ sizes: { imageSize, channels }, width, add }: Branch) {
  const first = imageSize / 4;
  const fromImage = add(
    {
      name: 'small',
      kind: 'of the halved image: spectral conv 4×4 / 2, leaky ReLU',
      output: [first, first, width(first)],
    },
    (scope) => convolution({ inputs: channels, outputs: width(first), ...HALVING }, scope, spectralNorm),
  );
  const stages: Layer[] = [];
  for (let side = first / 2; side >= LAST_SIDE; side /= 2) {
    const [inputs, outputs] = [width(2 * side), width(side)];
    const kind = 'conv 4×4 / 2, batch norm, leaky ReLU';
    stages.push(
      add({ name: `small${side}`, kind, output: [side, side, outputs] }, (scope) =>
        normedConvolution({ inputs, outputs, ...HALVING }, scope),
      ),
    );
  }
  return (images: tf.Tensor4D, mode: Mode): tf.Tensor4D =>
    stages.reduce((x, stage) => stage(x, mode), leaky(fromImage(halved(images), mode)));
}

/** Features → logits [N]: the mean over the 5×5 positions of the heads of both branches. */
function heads(inputs: { readonly last: number; readonly small: number }, add: AddLayer) {
  const smallHead = add({ name: 'head_small', kind: 'spectral conv 4×4, mean', output: [1] }, (scope) =>
    convolution({ inputs: inputs.small, outputs: 1, ...WINDOW }, scope, spectralNorm),
  );
  const head = add(
    { name: 'head', kind: 'conv 1×1, batch norm, leaky ReLU, spectral conv 4×4, mean', output: [1] },
    (scope) => {
      const wide = 2 * inputs.last;
      const widen = normedConvolution({ inputs: inputs.last, outputs: wide, ...PIXELWISE }, scope.scope('0'));
      const judge = convolution({ inputs: wide, outputs: 1, ...WINDOW }, scope.scope('1'), spectralNorm);
      return (x: tf.Tensor4D, mode: Mode) => judge(widen(x, mode), mode);
    },
  );
  const perImage = (maps: tf.Tensor4D): tf.Tensor => tf.mean(maps, [1, 2, 3]);
  return ({ last, small }: Features, mode: Mode): tf.Tensor =>
    tf.div(tf.add(perImage(head(last, mode)), perImage(smallHead(small, mode))), 2);
}

/**
 * One branch takes the image through residual blocks with skip-layer excitations to 8×8, the other the image at half its
 * side through plain blocks. Each has a head, and decoders reconstruct the images from what the heads see.
 */
export function fastganDiscriminator(sizes: NetworkSizes, parameters: ParameterScope): Discriminator {
  const { imageSize, channels, discriminatorFeatures } = sizes;
  const width = (multiple: number): number => Math.max(1, Math.floor(multiple * discriminatorFeatures));
  const wholeWidth = (side: number): number => width(64 / side);
  const smallWidth = (side: number): number => width(32 / side);
  const layers: LayerInfo[] = [];
  const add: AddLayer = (row, build) => {
    const { made, parameters: trained } = counted(parameters.scope(row.name), build);
    layers.push({ ...row, parameters: trained });
    return made;
  };

  const whole = wholeBranch({ sizes, width: wholeWidth, add });
  const ofSmall = smallBranch({ sizes, width: smallWidth, add });
  const inputs = {
    last: wholeWidth(LAST_SIDE),
    middle: wholeWidth(MIDDLE_SIDE),
    small: smallWidth(LAST_SIDE),
  };
  const decoderSide = imageSize / 2;
  const loss = add(
    {
      name: 'decoders',
      kind: 'three: gated blocks, spectral conv 3×3, tanh',
      output: [decoderSide, decoderSide, channels],
    },
    (scope) => reconstruction({ channels, from: LAST_SIDE, to: decoderSide, width, inputs }, scope),
  );
  const logitsOf = heads(inputs, add);

  const featuresOf = (images: tf.Tensor4D, mode: Mode): Features => ({
    ...whole(images, mode),
    small: ofSmall(images, mode),
  });
  return {
    layers,
    apply: (images, mode) => logitsOf(featuresOf(images, mode), mode),
    judgeReal(images, mode) {
      const features = featuresOf(images, mode);
      return { logits: logitsOf(features, mode), auxiliaryLoss: loss(images, features, mode) };
    },
  };
}
