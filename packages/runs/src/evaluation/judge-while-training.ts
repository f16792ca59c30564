import {
  evaluateSetMetric,
  extractFeatures,
  pairedMean,
  sourceOfPixels,
  sourceOfReader,
} from '@medgan/metrics';
import {
  createRng,
  type FeatureExtractor,
  type FeatureRows,
  type MetricImageSource,
  type PackedImages,
} from '@medgan/plugin-api';
import type { Evaluation } from '@medgan/trainer';
import type { Figure } from './figure.ts';

/** Fakes that are judged, and reals that each is compared with: enough to rank checkpoints, few enough not to wait. */
const JUDGED_FAKES = 64;
const REALS_PER_FAKE = 4;
/** Real images whose features are compared. */
const JUDGED_REALS = 1000;

interface Judge {
  judge(fake: MetricImageSource): Promise<number | null>;
  close(): Promise<void>;
}

/** An evaluation that may hold a network outside the heap. */
export type ClosableEvaluation = Evaluation & Pick<Judge, 'close'>;

/** Every fake against the same few random reals each time. */
function pairJudge(figure: Figure & { kind: 'pair' }, real: MetricImageSource, seed: string): Judge {
  const { metric, options } = figure;
  const settings = { metrics: [{ metric, options }], seed, perFake: REALS_PER_FAKE };
  return {
    judge: async (fake) => (await pairedMean({ real, fake }, settings)).values[metric.name]!.value,
    close: () => Promise.resolve(),
  };
}

/** The features of the reals are computed once, when they are first needed. */
function setJudge(figure: Figure & { kind: 'set' }, reference: MetricImageSource, seed: string): Judge {
  const { metric, value: wanted, features } = figure;
  let opened: Promise<{ extractor: FeatureExtractor; real: FeatureRows }> | undefined;
  const open = async (): Promise<{ extractor: FeatureExtractor; real: FeatureRows }> => {
    const extractor = await features.plugin.open(features.options, { reference });
    return { extractor, real: await extractFeatures(extractor, reference) };
  };
  return {
    judge: async (source) => {
      opened ??= open();
      const { extractor, real } = await opened;
      const fake = await extractFeatures(extractor, source);
      const values = evaluateSetMetric(metric, { real, fake }, { seed });
      return values.find(({ name }) => name === wanted)?.value ?? null;
    },
    close: async () => {
      await (await opened)?.extractor.close?.();
    },
  };
}

/**
 * Judges the fixed-noise images of a run by one figure. The real images and the draws are the same at every step, so
 * that steps can be compared and a resumed run finds the same values.
 */
export function judgeWhileTraining(figure: Figure, images: PackedImages, seed: number): ClosableEvaluation {
  const root = `${seed}/judge`;
  const sample = createRng(root).permutation(images.count).subarray(0, JUDGED_REALS);
  const judge =
    figure.kind === 'pair'
      ? pairJudge(figure, sourceOfReader(images), root)
      : setJudge(figure, sourceOfReader(images, sample), root);
  return {
    metric: { name: figure.name, direction: figure.direction },
    evaluate: async (fakes) => {
      const indices = Uint32Array.from({ length: Math.min(JUDGED_FAKES, fakes.count) }, (_, i) => i);
      const value = await judge.judge(sourceOfPixels(fakes, indices));
      return value === null ? {} : { [figure.name]: value };
    },
    close: () => judge.close(),
  };
}
