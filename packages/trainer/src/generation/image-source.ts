import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Engine } from '@medgan/engine';
import { byteImages, type ByteImages } from '../byte-images.ts';
import { buildGenerator } from './build-generator.ts';
import type { GeneratorWeights } from './generator-weights.ts';
import type { Latents } from './latents.ts';

/** Which statistics batch norm uses: those gathered in training, or, as the original does, those of each batch. */
export type Statistics = 'running' | 'batch';

/** Images a call by running statistics: enough to keep the cores busy, few enough for 256 px to stay small. */
const CHUNK = 16;
/** Images a batch by batch statistics, as in the original. */
const ORIGINAL_BATCH = 64;

/** Draws images chunk by chunk. */
export interface ImageSource {
  /** The file of the weights, for messages. */
  readonly name: string;
  /** Images in a chunk. */
  readonly chunk: number;
  /** float32 images [chunk, S, S, C] in [−1, 1], NHWC, of the latents from `first` on. */
  drawFloat(latents: Latents, first: number): Promise<Float32Array>;
  /** The same as bytes. */
  draw(latents: Latents, first: number): Promise<ByteImages>;
}

/**
 * Makes a generator ready to draw. Chunks are always whole, and begin at multiples of their size: an image's bytes do
 * not depend on how many are asked for.
 */
export async function openImageSource(
  engine: Engine,
  weights: GeneratorWeights,
  statistics: Statistics,
): Promise<ImageSource> {
  const { latentSize, imageSize, channels } = weights.sizes;
  const chunk = statistics === 'running' ? CHUNK : ORIGINAL_BATCH;
  const generator = buildGenerator(engine, weights);
  const mode = statistics === 'running' ? 'evaluation' : 'batch-statistics';
  const program = await engine.compile(
    ({ latent }) => ({ images: generator.apply(latent as Tensor2D, mode) }),
    { latent: { shape: [chunk, latentSize] } },
  );
  const drawFloat = async (latents: Latents, first: number): Promise<Float32Array> => {
    const latent = new Float32Array(chunk * latentSize);
    for (let i = 0; i < chunk; i++) latent.set(latents(first + i), i * latentSize);
    return (await program.run({ latent }))['images'] as Float32Array;
  };
  return {
    name: weights.source,
    chunk,
    drawFloat,
    draw: async (latents, first) =>
      byteImages(await drawFloat(latents, first), { count: chunk, size: imageSize, channels }),
  };
}
