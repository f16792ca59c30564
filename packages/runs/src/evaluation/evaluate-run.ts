import { join } from 'node:path';
import { diversity, sourceOfPixels, type ChosenMetric, type Diversity } from '@medgan/metrics';
import { defined, writeFileAtomically } from '@medgan/files';
import { createRng, type BytePixels, type PackedImages, RUN_FILES } from '@medgan/plugin-api';
import { readBest, type Best } from '@medgan/trainer';
import type { RunAtWork } from '../run/opened-run.ts';
import { openPart } from '../run/run-data.ts';
import type { RunContext } from '../run/run-reporter.ts';
import { versions } from '../run/versions.ts';
import type { ChosenFeatures } from './features-spec.ts';
import { drawNearestReal } from './nearest-real-picture.ts';
import { originalTable, pairedMeanTable, type PairTable } from './pair-tables.ts';
import {
  fixedNoiseImages,
  freshImages,
  generatorOfRun,
  type CheckpointChoice,
  type GeneratorOfRun,
} from './generated-images.ts';
import { usualPairMetrics } from './score-pairs.ts';
import { setTable, type SetTable } from './set-table.ts';

/** What of an evaluation is wanted; `all` judges images as sets too. */
export type Protocol = 'original' | 'paired-mean' | 'all';

interface SetSettings {
  /** One table each. */
  readonly features: readonly ChosenFeatures[];
  /** Fresh fakes that are drawn. */
  readonly fakes: number;
  /** Real images that they are judged against, at most. */
  readonly reals: number;
  /** The part of the data those come from; undefined = the images the run was trained on. */
  readonly against?: string;
}

/** What an evaluation is to be of, and how. */
export interface EvaluateRequest extends RunContext, CheckpointChoice {
  readonly protocol: Protocol;
  /** Drop the last pair, as the original does. */
  readonly offByOne: boolean;
  readonly seed: number;
  /** How images are judged as sets, by the protocol `all`. */
  readonly sets?: SetSettings;
  readonly onProgress?: (what: string, done: number, total: number) => void;
}

/** `metrics.json` of a run: no NaN in it, names of figures as keys of JSON. */
export interface RunEvaluation {
  readonly checkpoint: {
    readonly step: number;
    readonly chosen: string;
    /** Decay of the average that was judged; absent when the weights were those of the step. */
    readonly ema?: number;
  };
  /** The best evaluation while the run trained; null when it was not evaluated then. */
  readonly best: Best | null;
  readonly seed: number;
  readonly data: {
    readonly fingerprint: string;
    readonly images: number;
    readonly size: number;
    readonly resize: string;
  };
  readonly original?: PairTable;
  readonly paired_mean?: PairTable;
  /** The part of the data that `diversity` and `sets` have their real images from, where it is not the run's own. */
  readonly against?: string;
  readonly diversity?: Diversity;
  /** One table a feature extractor. */
  readonly sets?: readonly SetTable[];
  readonly versions: Readonly<Record<string, string>>;
}

/** How every dataset brings images to size. */
export const DATA_RESIZE = 'shorter side to size, bilinear with antialiasing, then the centre';

/** A seeded draw of at most `count` real images. */
async function drawReals(images: PackedImages, most: number, seed: number): Promise<BytePixels> {
  const { size, channels } = images;
  const count = Math.min(most, images.count);
  const order =
    count === images.count
      ? Uint32Array.from({ length: count }, (_, i) => i)
      : createRng(seed).split('reals').permutation(images.count).subarray(0, count);
  return { size, channels, count, pixels: await images.read(order) };
}

type SetsRequest = EvaluateRequest & { readonly settings: SetSettings; readonly generator: GeneratorOfRun };

/** The real images that sets are judged against. */
async function realsOf(run: RunAtWork, request: SetsRequest): Promise<BytePixels> {
  const { settings, seed } = request;
  if (settings.against === undefined) return drawReals(run.images, settings.reals, seed);
  const part = await openPart(run, settings.against, request);
  try {
    return await drawReals(part, settings.reals, seed);
  } finally {
    await part.close();
  }
}

/** Judges a generator's images as a set. */
async function judgeSets(
  run: RunAtWork,
  request: SetsRequest,
): Promise<Pick<RunEvaluation, 'against' | 'diversity' | 'sets'>> {
  const { settings, seed, onProgress } = request;
  const { plugins } = run;
  const reals = await realsOf(run, request);
  const fakes = await freshImages(run.engine, request.generator, {
    count: settings.fakes,
    seed,
    onProgress: (done, total) => onProgress?.('drawing images', done, total),
  });
  const sources = { real: sourceOfPixels(reals), fake: sourceOfPixels(fakes) };
  const likeness = ['ms-ssim', 'ssim'].map((name) => ({ metric: plugins.pairMetrics.get(name) }));
  const [first, ...rest] = likeness as [ChosenMetric, ...ChosenMetric[]];
  const variety = await diversity(sources, { metrics: [first, ...rest], seed });
  const sets: SetTable[] = [];
  const metrics = plugins.setMetrics.list();
  for (const features of settings.features) {
    const table = await setTable(features, sources, { metrics, seed, ...(onProgress ? { onProgress } : {}) });
    const isFirst = sets.length === 0;
    if (isFirst && settings.against === undefined) {
      await drawNearestReal(run.runDir, { reals, fakes }, table);
    }
    sets.push(table);
  }
  return {
    ...defined({ against: settings.against }),
    diversity: variety,
    sets,
  };
}

/** Evaluates one checkpoint of a run and writes `metrics.json`, and `nearest-real.png` where sets are judged. */
export async function evaluateRun(run: RunAtWork, request: EvaluateRequest): Promise<RunEvaluation> {
  const { runDir, record, plugins, images, engine } = run;
  const { protocol, seed, offByOne, sets, onProgress } = request;
  const generator = await generatorOfRun(run, request);
  const { checkpoint, weights } = generator;
  const metrics = usualPairMetrics(plugins).map((metric) => ({ metric }));
  const pair = { real: images, fake: await fixedNoiseImages(engine, run, generator) };
  const { batchSize } = record.resolved;
  const evaluation: RunEvaluation = {
    checkpoint: {
      step: checkpoint.step,
      chosen: request.checkpoint,
      ...defined({ ema: weights.ema }),
    },
    best: (await readBest(runDir)) ?? null,
    seed,
    data: {
      fingerprint: images.fingerprint,
      images: images.count,
      size: images.size,
      resize: DATA_RESIZE,
    },
    ...(protocol === 'paired-mean'
      ? {}
      : { original: await originalTable(pair, { metrics, batchSize, seed, offByOne }) }),
    ...(protocol === 'original'
      ? {}
      : {
          paired_mean: await pairedMeanTable(pair, {
            metrics,
            seed,
            onProgress: (done, total) => onProgress?.('paired-mean', done, total),
          }),
        }),
    ...(protocol === 'all' && sets ? await judgeSets(run, { ...request, settings: sets, generator }) : {}),
    versions: versions(),
  };
  await writeFileAtomically(join(runDir, RUN_FILES.metrics), `${JSON.stringify(evaluation, undefined, 2)}\n`);
  return evaluation;
}
