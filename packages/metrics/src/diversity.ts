import { createRng, type MetricImages, type MetricImageSource } from '@medgan/plugin-api';
import { estimateOf, missing, valuesOrReason, type ChosenMetric, type Estimate } from './estimate.ts';
import { gatherImages } from './gather-images.ts';
import type { RealAndFake } from './protocols.ts';

/** How similar the images of one set are to each other, for fakes and for reals; JSON-able. */
export interface Diversity {
  /** The metric used: the first one that can compare images of this size. */
  readonly metric: string;
  /** Largest number of pairs drawn from each set. */
  readonly pairs: number;
  readonly seed: number | string;
  readonly real: Estimate;
  /** Well above `real`, for a metric where higher means more similar: the fakes repeat themselves (mode collapse). */
  readonly fake: Estimate;
}

/** How pairs of images of one set are drawn and compared. */
export interface DiversitySettings {
  /** In order of preference, such as MS-SSIM, then SSIM for images too small for it. */
  readonly metrics: readonly [ChosenMetric, ...ChosenMetric[]];
  readonly seed: number | string;
  /** Default 256. */
  readonly pairs?: number;
}

const atOnce = 32;

/** Random pairs of different images, each at most once: all pairs if there are no more than `pairs`. */
function drawPairs(count: number, pairs: number, seed: string): [number, number][] {
  const all = (count * (count - 1)) / 2;
  const seen = new Set<number>();
  if (all <= pairs) {
    return Array.from({ length: count }, (_, i) => i).flatMap((i) =>
      Array.from({ length: i }, (_, j): [number, number] => [i, j]),
    );
  }
  const rng = createRng(seed);
  const drawn: [number, number][] = [];
  while (drawn.length < pairs) {
    const [i, j] = [rng.integer(count), rng.integer(count)];
    const key = Math.max(i, j) * count + Math.min(i, j);
    if (i === j || seen.has(key)) continue;
    seen.add(key);
    drawn.push([i, j]);
  }
  return drawn;
}

async function likeness(
  source: MetricImageSource,
  chosen: ChosenMetric,
  pairs: readonly (readonly [number, number])[],
): Promise<Estimate> {
  const { direction } = chosen.metric;
  if (pairs.length === 0) return missing(direction, `needs 2 images, got ${source.count}`);
  const values: number[] = [];
  for (let start = 0; start < pairs.length; start += atOnce) {
    const some = pairs.slice(start, start + atOnce);
    const left: MetricImages = await gatherImages(
      source,
      some.map(([i]) => i),
    );
    const right = await gatherImages(
      source,
      some.map(([, j]) => j),
    );
    const found = valuesOrReason(chosen, left, right);
    if (typeof found === 'string') return missing(direction, found);
    values.push(...found);
  }
  return estimateOf(direction, values);
}

/**
 * Mean similarity of random pairs within the fakes and within the reals. Fakes more alike than reals lack diversity.
 * Reference: Odena, Olah, Shlens, "Conditional Image Synthesis with Auxiliary Classifier GANs", 2017,
 * https://arxiv.org/abs/1610.09585, section 4.2 (MS-SSIM).
 */
export async function diversity(
  { real, fake }: RealAndFake<MetricImageSource>,
  settings: DiversitySettings,
): Promise<Diversity> {
  const { metrics, seed, pairs = 256 } = settings;
  const fits = ({ metric, options = {} }: ChosenMetric): boolean =>
    metric.refuses(real, options) === undefined && metric.refuses(fake, options) === undefined;
  const chosen = metrics.find(fits) ?? metrics[0];
  const of = (source: MetricImageSource, name: string): Promise<Estimate> =>
    likeness(source, chosen, drawPairs(source.count, pairs, `${seed}/diversity/${name}`));
  return {
    metric: chosen.metric.name,
    pairs,
    seed,
    real: await of(real, 'real'),
    fake: await of(fake, 'fake'),
  };
}
