import { MedganError, createRng, type BytePixels, type PackedImages, type Plugins } from '@medgan/plugin-api';
import type { Engine } from '@medgan/engine';
import {
  Sampler,
  buildGenerator,
  chooseCheckpoint,
  findGeneratorWeights,
  independentLatents,
  openImageSource,
  readGeneratorWeights,
  type FoundCheckpoint,
  type GeneratorWeights,
  type WhichWeights,
} from '@medgan/trainer';
import { openImages, type RunReporter } from '../run/execute-run.ts';
import { checkedRun } from '../control/read-control.ts';
import type { ResolvedRun } from '../control/resolve-control.ts';
import { readRunRecord, type RunRecord } from '../run/resume-guard.ts';

/** What opening a run needs. */
export interface RunContext {
  /** Those the run was trained with. */
  readonly plugins: Plugins;
  readonly reporter: RunReporter;
  readonly signal: AbortSignal;
}

/** Which generator of a run is meant. */
export interface CheckpointChoice {
  /** `last`, `best` or `step-<n>`. */
  readonly checkpoint: string;
  /** Undefined = the average, where the run keeps one. */
  readonly weights?: WhichWeights;
}

/** A run that has trained, with its data opened again. */
export interface OpenedRun {
  readonly record: RunRecord;
  readonly run: ResolvedRun;
  readonly images: PackedImages;
  readonly checkpoint: FoundCheckpoint;
  readonly weights: GeneratorWeights;
}

function requireSameData(runDir: string, record: RunRecord, { fingerprint, count }: PackedImages): void {
  if (fingerprint === record.data.fingerprint) return;
  throw new MedganError(
    `the data of ${runDir} have changed: it was trained on ${record.data.images} images of fingerprint ` +
      `${record.data.fingerprint.slice(0, 12)}…, there are ${count} of ${fingerprint.slice(0, 12)}… now`,
    { cure: 'put the images back that its config.yaml names: others would judge another task' },
  );
}

/**
 * Opens a run: its data by its `config.yaml`, and a generator of its. The images are the caller's to close.
 * @throws MedganError when it holds no run, no such checkpoint, or the data are not those it was trained on.
 */
export async function openRun(runDir: string, request: RunContext & CheckpointChoice): Promise<OpenedRun> {
  const { plugins, reporter, signal } = request;
  const record = await readRunRecord(runDir);
  const run = checkedRun(record.control, plugins, `${runDir}/config.yaml`);
  const checkpoint = await chooseCheckpoint(runDir, request.checkpoint);
  const rng = createRng(record.resolved.seed).split('data');
  const images = await openImages(run, reporter, { rng, signal });
  try {
    requireSameData(runDir, record, images);
    const { file } = await findGeneratorWeights(checkpoint.path, request.weights);
    const weights = await readGeneratorWeights({ file, architectures: plugins.architectures });
    return { record, run, images, checkpoint, weights };
  } catch (error) {
    await images.close();
    throw error;
  }
}

/**
 * The images of another part of the run's data, such as `test`: those it was not trained on. They are the caller's to
 * close.
 * @throws MedganError when the run was trained on all its images, or when its data have no such part.
 */
export function openPart(
  { record, run }: OpenedRun,
  part: string,
  context: RunContext,
): Promise<PackedImages> {
  const { split, subset: _whole, ...data } = run.data;
  if (split === undefined || split.part === part) {
    const trainedOn = split === undefined ? 'all its images' : `the part ${part} itself`;
    throw new MedganError(`the run cannot be judged against ${part}: it was trained on ${trainedOn}`, {
      cure: 'train with split: train, and judge against another part: --against test',
    });
  }
  const rng = createRng(record.resolved.seed).split('data');
  return openImages({ ...run, data: { ...data, split: { ...split, part } } }, context.reporter, {
    rng,
    signal: context.signal,
  });
}

/** The images of the run's fixed noise, as the trainer draws them at that step. */
export function fixedNoiseImages(engine: Engine, { record, weights }: OpenedRun): Promise<BytePixels> {
  const { sampleCount, seed } = record.resolved;
  const generator = buildGenerator(engine, weights);
  return new Sampler(
    { engine, generator, spec: weights },
    sampleCount,
    createRng(seed).split('train'),
  ).draw();
}

/** `count` images of independent latents, drawn in batches as the fixed-noise images are. */
export async function freshImages(
  engine: Engine,
  weights: GeneratorWeights,
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
    const drawn = (await source.draw(latents, first)).pixels;
    pixels.set(drawn.subarray(0, (count - first) * each), first * each);
    onProgress?.(Math.min(count, first + source.chunk), count);
  }
  return { size, channels, count, pixels };
}
