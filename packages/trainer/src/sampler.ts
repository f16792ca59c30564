import type { Engine, Program } from '@medgan/engine';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Generator, GeneratorSizes, Rng } from '@medgan/plugin-api';
import { byteImages, type ByteImages } from './byte-images.ts';

/** A generator in an engine; a `Gan` is one too. */
export interface SampledGenerator {
  readonly engine: Engine;
  readonly generator: Generator;
  readonly spec: { readonly sizes: GeneratorSizes };
}

/**
 * Draws images from the same latents at every call, so that one sees each of them grow. As in the original, batch norm
 * uses the statistics of these images; unlike there, sampling leaves the running statistics alone.
 */
export class Sampler {
  readonly #gan: SampledGenerator;
  readonly #latent: Float32Array;
  readonly #count: number;
  #program: Promise<Program> | undefined;

  constructor(gan: SampledGenerator, count: number, rng: Rng) {
    this.#gan = gan;
    this.#count = count;
    this.#latent = rng.split('fixed-noise').normals(count * gan.spec.sizes.latentSize);
  }

  /** One image of each latent, by the generator as it is now. */
  async draw(): Promise<ByteImages> {
    const { engine, generator, spec } = this.#gan;
    this.#program ??= engine.compile(
      ({ latent }) => ({ images: generator.apply(latent as Tensor2D, 'batch-statistics') }),
      { latent: { shape: [this.#count, spec.sizes.latentSize] } },
    );
    const { images } = await (await this.#program).run({ latent: this.#latent });
    const { imageSize: size, channels } = spec.sizes;
    return byteImages(images as Float32Array, { count: this.#count, size, channels });
  }
}
