import { createRng, type BytePixels } from '@medgan/plugin-api';
import type { Engine } from '@medgan/engine';
import {
  Sampler,
  buildGenerator,
  chooseCheckpoint,
  findGeneratorWeights,
  independentLatents,
  openImageSource,
  readGeneratorWeights,
  requireFiniteImages,
  type FoundCheckpoint,
  type GeneratorWeights,
  type WhichWeights,
} from '@medgan/trainer';
import type { OpenedRun } from '../run/opened-run.ts';

/** Which generator of a run is meant. */
export interface CheckpointChoice {
  /** `last`, `best` or `step-<n>`. */
  readonly checkpoint: string;
  /** Undefined = the average, where the run keeps one. */
  readonly weights?: WhichWeights;
  /** Judge weights and images that are NaN or infinite too, as the black images that they become. */
  readonly allowNonFinite?: boolean;
}

/** A generator of a run, read from one of its checkpoints. */
export interface GeneratorOfRun {
  readonly checkpoint: FoundCheckpoint;
  readonly weights: GeneratorWeights;
  readonly allowNonFinite: boolean;
}

/**
 * Reads a generator of a run.
 * @throws MedganError when the run has no such checkpoint, or when a weight is not finite and that is not allowed
 */
export async function generatorOfRun(
  { runDir, plugins }: Pick<OpenedRun, 'runDir' | 'plugins'>,
  choice: CheckpointChoice,
): Promise<GeneratorOfRun> {
  const checkpoint = await chooseCheckpoint(runDir, choice.checkpoint);
  const { file } = await findGeneratorWeights(checkpoint.path, choice.weights);
  const { allowNonFinite = false } = choice;
  const { architectures } = plugins;
  const weights = await readGeneratorWeights({ file, architectures, allowNonFinite });
  return { checkpoint, weights, allowNonFinite };
}

/**
 * The images of the run's fixed noise, as the trainer draws them at the checkpoint's step.
 * @throws MedganError when one of them is NaN or infinite and that is not allowed
 */
export async function fixedNoiseImages(
  engine: Engine,
  { record }: Pick<OpenedRun, 'record'>,
  { weights, allowNonFinite }: GeneratorOfRun,
): Promise<BytePixels> {
  const { sampleCount, seed } = record.resolved;
  const generator = buildGenerator(engine, weights);
  const rng = createRng(seed).split('train');
  const images = await new Sampler({ engine, generator, spec: weights }, sampleCount, rng).draw();
  if (!allowNonFinite) requireFiniteImages(weights.source, images);
  return images;
}

/**
 * `count` images of independent latents, drawn in batches as the fixed-noise images are.
 * @throws MedganError when one of them is NaN or infinite and that is not allowed
 */
export async function freshImages(
  engine: Engine,
  { weights, allowNonFinite }: GeneratorOfRun,
  settings: {
    readonly count: number;
    readonly seed: number;
    readonly onProgress?: (done: number, total: number) => void;
  },
): Promise<BytePixels> {
  const { count, seed, onProgress } = settings;
  const { imageSize: size, channels, latentSize } = weights.sizes;
  const latents = independentLatents(createRng(seed).split('evaluation'), { latentSize });
  const source = await openImageSource(engine, weights, 'batch');
  const each = size * size * channels;
  const pixels = new Uint8Array(count * each);
  for (let first = 0; first < count; first += source.chunk) {
    const drawn = await source.draw(latents, first);
    if (!allowNonFinite) requireFiniteImages(source.name, drawn, { first, count: count - first });
    pixels.set(drawn.pixels.subarray(0, (count - first) * each), first * each);
    onProgress?.(Math.min(count, first + source.chunk), count);
  }
  return { size, channels, count, pixels };
}
