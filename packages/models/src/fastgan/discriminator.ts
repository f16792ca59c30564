import * as tf from '@tensorflow/tfjs-core';
import type { Discriminator, LayerInfo, Mode, NetworkSizes, ParameterScope } from '@medgan/plugin-api';
import { convolution } from '../layers/convolution.ts';
import { counted } from '../layers/counted.ts';
import { halved } from '../layers/resample.ts';
import { spectralNorm } from '../layers/spectral-norm.ts';
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
import { reconstruction } from './reconstruction.ts';

/** Pixels a side of the maps that are judged. */
const LAST_SIDE = 8;
/** Pixels a side of the map whose quarters are reconstructed too. */
const MIDDLE_SIDE = 16;
/** A map excites the one of an eighth of its side. */
const EXCITES = 8;
/** Kernel of the heads: each of the 5×5 logits sees half of an 8×8 map. */
const WINDOW = { kernel: 4, stride: 1, pad: 0 };

/** Feature maps of images [N, S, S, C]. */
export interface Features {
  /** [N, 8, 8, ·], of the whole image. */
  readonly last: tf.Tensor4D;
  /** [N, 16, 16, ·], of the whole image. */
  readonly middle: tf.Tensor4D;
  /** [N, 8, 8, ·], of the image at half its side. */
  readonly small: tf.Tensor4D;
}

/** One halving, and the excitation of what it gives. */
interface Stage {
  readonly side: number;
  readonly shrink: Layer;
  readonly excite?: Layer;
}

/**
 * The image through residual blocks to 8×8 with skip-layer excitations, the image at half its side through plain ones, a
 * head for each, and decoders that make the images again of what the heads see.
 */
export function fastganDiscriminator(sizes: NetworkSizes, parameters: ParameterScope): Discriminator {
  const { imageSize, channels, discriminatorFeatures } = sizes;
  const width = (multiple: number): number => Math.max(1, Math.floor(multiple * discriminatorFeatures));
  const wholeWidth = (side: number): number => width(64 / side);
  const smallWidth = (side: number): number => width(32 / side);
  const layers: LayerInfo[] = [];
  const add = <T>(
    row: Pick<LayerInfo, 'name' | 'kind' | 'output'>,
    build: (parameters: ParameterScope) => T,
  ): T => {
    const { made, parameters: trained } = counted(parameters.scope(row.name), build);
    layers.push({ ...row, parameters: trained });
    return made;
  };

  const fromImage = add(
    {
      name: 'image',
      kind: 'spectral conv 3×3, leaky ReLU',
      output: [imageSize, imageSize, wholeWidth(imageSize)],
    },
    (scope) =>
      convolution({ inputs: channels, outputs: wholeWidth(imageSize), ...SAME }, scope, spectralNorm),
  );
  const stages: Stage[] = [];
  for (let side = imageSize / 2; side >= LAST_SIDE; side /= 2) {
    const [inputs, outputs] = [wholeWidth(2 * side), wholeWidth(side)];
    const source = EXCITES * side;
    const isExcited = source <= imageSize;
    const kind = `residual block, ÷2${isExcited ? `, excited by ${source}×${source}` : ''}`;
    const stage = add({ name: `down${side}`, kind, output: [side, side, outputs] }, (scope): Stage => {
      const shrink = downBlock({ inputs, outputs }, scope);
      if (!isExcited) return { side, shrink };
      const widths = { inputs: wholeWidth(source), outputs };
      return { side, shrink, excite: excitation(widths, scope.scope('excite')) };
    });
    stages.push(stage);
  }

  const smallSide = imageSize / 4;
  const fromSmall = add(
    {
      name: 'small',
      kind: 'of the halved image: spectral conv 4×4 / 2, leaky ReLU',
      output: [smallSide, smallSide, smallWidth(smallSide)],
    },
    (scope) =>
      convolution({ inputs: channels, outputs: smallWidth(smallSide), ...HALVING }, scope, spectralNorm),
  );
  const smallStages: Layer[] = [];
  for (let side = smallSide / 2; side >= LAST_SIDE; side /= 2) {
    const [inputs, outputs] = [smallWidth(2 * side), smallWidth(side)];
    const kind = 'conv 4×4 / 2, batch norm, leaky ReLU';
    smallStages.push(
      add({ name: `small${side}`, kind, output: [side, side, outputs] }, (scope) =>
        normedConvolution({ inputs, outputs, ...HALVING }, scope),
      ),
    );
  }

  const decoderSide = imageSize / 2;
  const loss = add(
    {
      name: 'decoders',
      kind: 'three: gated blocks, spectral conv 3×3, tanh',
      output: [decoderSide, decoderSide, channels],
    },
    (scope) =>
      reconstruction(
        {
          ...{ channels, from: LAST_SIDE, to: decoderSide, width },
          inputs: {
            last: wholeWidth(LAST_SIDE),
            middle: wholeWidth(MIDDLE_SIDE),
            small: smallWidth(LAST_SIDE),
          },
        },
        scope,
      ),
  );

  const smallHead = add({ name: 'head_small', kind: 'spectral conv 4×4, mean', output: [1] }, (scope) =>
    convolution({ inputs: smallWidth(LAST_SIDE), outputs: 1, ...WINDOW }, scope, spectralNorm),
  );
  const head = add(
    { name: 'head', kind: 'conv 1×1, batch norm, leaky ReLU, spectral conv 4×4, mean', output: [1] },
    (scope) => {
      const inputs = wholeWidth(LAST_SIDE);
      const widen = normedConvolution({ inputs, outputs: 2 * inputs, ...PIXELWISE }, scope.scope('0'));
      const judge = convolution(
        { inputs: 2 * inputs, outputs: 1, ...WINDOW },
        scope.scope('1'),
        spectralNorm,
      );
      return (x: tf.Tensor4D, mode: Mode) => judge(widen(x, mode), mode);
    },
  );

  const featuresOf = (images: tf.Tensor4D, mode: Mode): Features => {
    let x = leaky(fromImage(images, mode));
    const maps = new Map([[imageSize, x]]);
    for (const { side, shrink, excite } of stages) {
      x = shrink(x, mode);
      if (excite) x = tf.mul(x, excite(maps.get(EXCITES * side)!, mode));
      maps.set(side, x);
    }
    const small = smallStages.reduce((y, stage) => stage(y, mode), leaky(fromSmall(halved(images), mode)));
    return { last: x, middle: maps.get(MIDDLE_SIDE)!, small };
  };
  const perImage = (maps: tf.Tensor4D): tf.Tensor => tf.mean(maps, [1, 2, 3]);
  const logitsOf = ({ last, small }: Features, mode: Mode): tf.Tensor =>
    tf.div(tf.add(perImage(head(last, mode)), perImage(smallHead(small, mode))), 2);

  return {
    layers,
    apply: (images, mode) => logitsOf(featuresOf(images, mode), mode),
    judgeReal(images, mode) {
      const features = featuresOf(images, mode);
      return { logits: logitsOf(features, mode), auxiliaryLoss: loss(images, features, mode) };
    },
  };
}
