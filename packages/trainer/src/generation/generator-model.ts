import * as tf from '@tensorflow/tfjs-core';
import { defined } from '@medgan/files';
import {
  ModelRecorder,
  onnxModel,
  runOnnxModel,
  tfjsModel,
  type Engine,
  type Step,
  type TfjsModel,
} from '@medgan/engine';
import { denormalise, type Generator, type Rng } from '@medgan/plugin-api';
import { buildGenerator } from './build-generator.ts';
import type { GeneratorWeights } from './generator-weights.ts';

/** What becomes of a pixel: a float32 of [−1, 1] in NCHW, as PyTorch has it, or a byte in NHWC, as files have it. */
export type PixelFormat = 'float32' | 'uint8';

/** A generator to be written as a model file. */
export interface ModelFileRequest {
  readonly weights: GeneratorWeights;
  /** More to keep in the file: the training configuration, versions. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** What a file says of the network in it, for whoever opens it. */
export const describeGenerator = ({
  architecture,
  sizes,
  step,
  ema,
}: GeneratorWeights): Record<string, string> => ({
  architecture: architecture.name,
  latent_size: String(sizes.latentSize),
  latent_distribution: 'standard normal',
  image_size: String(sizes.imageSize),
  channels: String(sizes.channels),
  generator_features: String(sizes.generatorFeatures),
  ...defined({ step: step?.toString(), ema: ema?.toString() }),
});

const PIXELS: Readonly<
  Record<PixelFormat, { layout: string; range: string; apply: (images: tf.Tensor4D) => tf.Tensor }>
> = {
  float32: { layout: 'NCHW', range: '[-1, 1]', apply: (images) => tf.transpose(images, [0, 3, 1, 2]) },
  uint8: {
    layout: 'NHWC',
    range: '[0, 255]',
    apply: (images) => {
      const levels = tf.floor(tf.add(tf.mul(tf.add(images, 1), 127.5), 0.5));
      return tf.cast(tf.clipByValue(levels, 0, 255), 'int32');
    },
  },
};

const stepOf =
  (generator: Generator, finish: (images: tf.Tensor4D) => tf.Tensor): Step =>
  ({ latent }) => ({ images: finish(generator.apply(latent as tf.Tensor2D, 'evaluation')) });

async function recording<T>(
  weights: GeneratorWeights,
  write: (recorder: ModelRecorder, generator: Generator) => T,
): Promise<T> {
  const recorder = new ModelRecorder();
  try {
    return write(recorder, buildGenerator(recorder, weights));
  } finally {
    await recorder.dispose();
  }
}

/**
 * The generator as the bytes of an ONNX model: `latent` [N, latentSize] float32 → `images`, any N, batch norm with
 * running statistics.
 */
export function generatorOnnx(
  { weights, metadata = {} }: ModelFileRequest,
  format: PixelFormat,
): Promise<Uint8Array> {
  const { layout, range, apply } = PIXELS[format];
  return recording(weights, (recorder, generator) =>
    onnxModel(recorder, {
      step: stepOf(generator, apply),
      inputs: { latent: { shape: ['batch', weights.sizes.latentSize] } },
      outputTypes: { images: format },
      metadata: { ...describeGenerator(weights), layout, value_range: range, ...metadata },
    }),
  );
}

/** The generator as a TensorFlow.js graph model: `latent` → `images` float32 [N, S, S, C] of [−1, 1], NHWC. */
export function generatorTfjs({ weights, metadata = {} }: ModelFileRequest): Promise<TfjsModel> {
  return recording(weights, (recorder, generator) =>
    tfjsModel(recorder, {
      step: stepOf(generator, (images) => images),
      inputs: { latent: { shape: ['batch', weights.sizes.latentSize] } },
      metadata: { ...describeGenerator(weights), layout: 'NHWC', value_range: '[-1, 1]', ...metadata },
    }),
  );
}

/** Batch sizes at which a written model is tried. */
const TRIED_BATCHES = [1, 5];

/**
 * Runs an ONNX model of the generator by itself, and the generator in `engine`, on the same latents: the largest
 * difference of a value, in steps of [−1, 1] or of a byte.
 */
export async function onnxDifference(
  model: Uint8Array,
  {
    engine,
    weights,
    format,
    rng,
  }: {
    readonly engine: Engine;
    readonly weights: GeneratorWeights;
    readonly format: PixelFormat;
    readonly rng: Rng;
  },
): Promise<number> {
  const { latentSize } = weights.sizes;
  const generator = buildGenerator(engine, weights);
  const finish = format === 'float32' ? PIXELS.float32.apply : (images: tf.Tensor4D): tf.Tensor => images;
  let worst = 0;
  for (const batch of TRIED_BATCHES) {
    const latent = rng.split(`batch/${batch}`).normals(batch * latentSize);
    const program = await engine.compile(stepOf(generator, finish), {
      latent: { shape: [batch, latentSize] },
    });
    const floats = (await program.run({ latent }))['images'] as Float32Array;
    await program.dispose();
    const wanted = format === 'float32' ? floats : denormalise(floats);
    const [result] = await runOnnxModel(model, [{ latent: { values: latent, shape: [batch, latentSize] } }]);
    const { values } = result!['images']!;
    if (values.length !== wanted.length) return Infinity;
    for (let i = 0; i < wanted.length; i++) {
      // Equal infinities, or NaN in both, are no difference.
      if (!Object.is(wanted[i], values[i])) worst = Math.max(worst, Math.abs(wanted[i]! - values[i]!));
    }
  }
  return worst;
}
