import * as tf from '@tensorflow/tfjs-core';
import { batchNorm, convolution, counted, spectralNorm, transposedConvolution } from '@medgan/layers';
import type {
  Generator,
  GeneratorSizes,
  LayerInfo,
  Mode,
  NetworkSizes,
  ParameterScope,
} from '@medgan/plugin-api';
import { confirmedSizes, type StoredShapes } from '../read-sizes.ts';
import { excitation, gated, gatedConvolution, SAME, upBlock, type Layer } from './blocks.ts';

const FIRST_SIDE = 4;
/** From this side on, a map is excited by the map of a sixteenth of its side. */
const FIRST_EXCITED = 64;
const EXCITED_BY = 16;

/** Channels by side, in base widths, as in the published network. */
const WIDTHS: Readonly<Record<number, number>> = { 4: 16, 8: 8, 16: 4, 32: 2, 64: 2, 128: 1, 256: 0.5 };

/** Sides at which the generator can end with an image. */
export const IMAGE_SIZES = [64, 128, 256] as const;

/** One doubling: its convolutions, and the excitation of their output. */
interface Stage {
  readonly side: number;
  readonly grow: Layer;
  readonly excite?: Layer;
}

/**
 * Latent → 4×4 → one gated block per doubling (every second one has two convolutions), skip-layer excitations from 64
 * pixels on → spectrally normalised 3×3 convolution, tanh.
 */
export function fastganGenerator(sizes: NetworkSizes, parameters: ParameterScope): Generator {
  const { imageSize, channels, latentSize, generatorFeatures } = sizes;
  const width = (side: number): number => Math.max(1, Math.floor(WIDTHS[side]! * generatorFeatures));

  const first = width(FIRST_SIDE);
  const start = counted(parameters.scope('init'), (scope) => {
    const spec = { inputs: latentSize, outputs: 2 * first, kernel: FIRST_SIDE, stride: 1, pad: 0 };
    const conv = transposedConvolution(spec, scope.scope('conv'));
    const norm = batchNorm(2 * first, scope.scope('norm'));
    return (x: tf.Tensor4D, mode: Mode) => gated(norm(conv(x, undefined), mode));
  });
  const layers: LayerInfo[] = [
    {
      name: 'init',
      kind: 'transposed conv 4×4, batch norm, GLU',
      output: [FIRST_SIDE, FIRST_SIDE, first],
      parameters: start.parameters,
    },
  ];

  const stages: Stage[] = [];
  for (let side = 2 * FIRST_SIDE; side <= imageSize; side *= 2) {
    const [inputs, outputs] = [width(side / 2), width(side)];
    const name = `up${side}`;
    const isDouble = stages.length % 2 === 0;
    const isExcited = side >= FIRST_EXCITED;
    const { made, parameters: trained } = counted(parameters.scope(name), (scope): Stage => {
      const up = upBlock({ inputs, outputs }, scope.scope('0'));
      const more = isDouble ? gatedConvolution({ inputs: outputs, outputs }, scope.scope('1')) : undefined;
      const grow: Layer = (x, mode) => (more ? more(up(x, mode), mode) : up(x, mode));
      if (!isExcited) return { side, grow };
      const widths = { inputs: width(side / EXCITED_BY), outputs };
      return { side, grow, excite: excitation(widths, scope.scope('excite')) };
    });
    stages.push(made);
    const kind = `gated block${isDouble ? ', two convs' : ''}, ×2`;
    layers.push({
      name,
      kind: isExcited ? `${kind}, excited by ${side / EXCITED_BY}×${side / EXCITED_BY}` : kind,
      output: [side, side, outputs],
      parameters: trained,
    });
  }

  const image = counted(parameters.scope('image'), (scope) =>
    convolution({ inputs: width(imageSize), outputs: channels, ...SAME }, scope, spectralNorm),
  );
  layers.push({
    name: 'image',
    kind: 'spectral conv 3×3, tanh',
    output: [imageSize, imageSize, channels],
    parameters: image.parameters,
  });

  return {
    layers,
    apply(latents, mode) {
      let x = start.made(tf.reshape(latents, [-1, 1, 1, latentSize]), mode);
      const maps = new Map([[FIRST_SIDE, x]]);
      for (const { side, grow, excite } of stages) {
        x = grow(x, mode);
        if (excite) x = tf.mul(x, excite(maps.get(side / EXCITED_BY)!, mode));
        maps.set(side, x);
      }
      return tf.tanh(image.made(x, mode));
    },
  };
}

/** The sizes of a `fastganGenerator`, read off its first and last convolution and the largest block. */
export function fastganGeneratorSizes(shapes: StoredShapes): GeneratorSizes | undefined {
  const start = shapes.get('init.conv.weight');
  const last = shapes.get('image.weight_orig');
  const imageSize = IMAGE_SIZES.findLast((side) => shapes.has(`up${side}.0.conv.weight`));
  if (!start || !last || imageSize === undefined) return undefined;
  const [latentSize, outputs] = start as [number, number];
  const generatorFeatures = outputs / (2 * WIDTHS[FIRST_SIDE]!);
  const guess = { imageSize, channels: last[0]!, latentSize, generatorFeatures };
  return confirmedSizes(guess, shapes, fastganGenerator);
}
