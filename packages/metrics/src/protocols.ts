import { createRng, MedganError, type MetricImages, type MetricImageSource } from '@medgan/plugin-api';
import { estimateOf, missing, valuesOrReason, type ChosenMetric, type Estimate } from './estimate.ts';
import { minMax } from './functional/min-max.ts';
import { sourceOfImages } from './functional/image-source.ts';
import { gatherImages } from './gather-images.ts';

/** `min-max`: each image stretched to [0, 1] on its own; `none`: images as they are. */
export type Normalisation = 'min-max' | 'none';

/** A table of figures, and how they were computed; JSON-able. */
export interface ProtocolResult {
  readonly protocol: string;
  readonly normalisation: Normalisation;
  readonly pairs: number;
  readonly settings: Readonly<Record<string, number | string | boolean>>;
  /** By metric name. */
  readonly values: Readonly<Record<string, Estimate>>;
}

/** Two batches whose images are compared. */
export interface RealAndFake<Images> {
  readonly real: Images;
  readonly fake: Images;
}

function leading(images: MetricImages, count: number): MetricImages {
  const size = images.height * images.width * images.channels;
  return { ...images, count, values: images.values.subarray(0, count * size) };
}

const normalised = (images: MetricImages, how: Normalisation): MetricImages =>
  how === 'min-max' ? minMax(images) : images;

/** @throws MedganError when reals and fakes differ in shape. */
function checkShapes({ real, fake }: RealAndFake<Omit<MetricImageSource, 'read'>>): void {
  if (real.height === fake.height && real.width === fake.width && real.channels === fake.channels) return;
  const sizeText = (of: Omit<MetricImageSource, 'read'>): string => `${of.height}×${of.width}×${of.channels}`;
  throw new MedganError(`real images of ${sizeText(real)} beside fake ones of ${sizeText(fake)}`, {
    cure: 'load the real images at the size and with the channels that the generator makes',
  });
}

/**
 * Compares the i-th real image with the i-th fake, up to the shorter length. An interval treats pairs as independent.
 * @throws MedganError when reals and fakes differ in shape.
 */
export function inOrder(
  images: RealAndFake<MetricImages>,
  settings: { readonly metrics: readonly ChosenMetric[]; readonly normalisation: Normalisation },
): ProtocolResult {
  checkShapes(images);
  const { metrics, normalisation } = settings;
  const pairs = Math.min(images.real.count, images.fake.count);
  const real = normalised(leading(images.real, pairs), normalisation);
  const fake = normalised(leading(images.fake, pairs), normalisation);
  const values: Record<string, Estimate> = {};
  for (const chosen of metrics) {
    const { name, direction } = chosen.metric;
    const found = valuesOrReason(chosen, real, fake);
    values[name] = typeof found === 'string' ? missing(direction, found) : estimateOf(direction, found);
  }
  return { protocol: 'in-order', normalisation, pairs, settings: {}, values };
}

/**
 * The protocol of the original MedImageGAN: one batch of reals against the fakes of the fixed noise, i-th with i-th,
 * each image min–max normalised on its own. The two images of a pair are unrelated, so the figures measure colours and
 * layout rather than quality. `offByOne` drops the last pair, as the original does by mistake.
 */
export function originalProtocol(
  images: RealAndFake<MetricImages>,
  settings: { readonly metrics: readonly ChosenMetric[]; readonly offByOne?: boolean },
): ProtocolResult {
  const { metrics, offByOne = false } = settings;
  const pairs = Math.max(0, Math.min(images.real.count, images.fake.count) - (offByOne ? 1 : 0));
  const kept = { real: leading(images.real, pairs), fake: leading(images.fake, pairs) };
  const result = inOrder(kept, { metrics, normalisation: 'min-max' });
  return { ...result, protocol: 'original', settings: { offByOne } };
}

/** How generated images are paired with real ones and compared. */
export interface PairedMeanSettings {
  readonly metrics: readonly ChosenMetric[];
  readonly seed: number | string;
  /** Reals that each fake is compared with, drawn without repetition. Default 16, or all if there are fewer. */
  readonly perFake?: number;
  /** Default `none`. */
  readonly normalisation?: Normalisation;
  /** Called with the number of generated images compared and the total. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** For each fake the mean over the reals drawn for it; `skipSelf` when both sides are the same images. */
async function meansPerFake(
  { real, fake }: RealAndFake<MetricImageSource>,
  settings: PairedMeanSettings & { readonly skipSelf: boolean },
): Promise<{ values: Record<string, Estimate>; perFake: number }> {
  const { metrics, seed, normalisation = 'none', skipSelf, onProgress } = settings;
  const perFake = Math.min(settings.perFake ?? 16, real.count - (skipSelf ? 1 : 0));
  const means = metrics.map((): number[] => []);
  const reasons = metrics.map(({ metric, options }) => metric.refuses(real, options ?? {}));
  const rng = createRng(seed);
  for (let i = 0; i < fake.count && perFake > 0; i++) {
    const order = rng.split(`fake/${i}`).permutation(real.count);
    const drawn = order.filter((index) => !skipSelf || index !== i).subarray(0, perFake);
    const b = normalised(await gatherImages(real, drawn), normalisation);
    const a = normalised(await gatherImages(fake, new Uint32Array(perFake).fill(i)), normalisation);
    for (const [m, chosen] of metrics.entries()) {
      if (reasons[m] !== undefined) continue;
      const found = valuesOrReason(chosen, b, a);
      if (typeof found === 'string') reasons[m] = `fake image ${i}: ${found}`;
      else means[m]!.push(found.reduce((sum, value) => sum + value, 0) / perFake);
    }
    onProgress?.(i + 1, fake.count);
  }
  const values: Record<string, Estimate> = {};
  for (const [m, { metric }] of metrics.entries()) {
    const reason = reasons[m];
    values[metric.name] =
      reason === undefined ? estimateOf(metric.direction, means[m]!) : missing(metric.direction, reason);
  }
  return { values, perFake: Math.max(0, perFake) };
}

/**
 * Compares every fake with `perFake` random reals. Value and deviation are over the fakes' means; the interval
 * is that of the mean over fakes, for the given real images.
 * @throws MedganError when reals and fakes differ in shape.
 */
export async function pairedMean(
  images: RealAndFake<MetricImageSource>,
  settings: PairedMeanSettings,
): Promise<ProtocolResult> {
  checkShapes(images);
  const { seed, normalisation = 'none' } = settings;
  const { values, perFake } = await meansPerFake(images, { ...settings, skipSelf: false });
  const pairs = images.fake.count * perFake;
  return { protocol: 'paired-mean', normalisation, pairs, settings: { seed, perFake }, values };
}

/** Reference points for a table of figures: its values lie between these two. */
export interface Yardsticks {
  /** Real images against other real images: the values of a perfect generator. */
  readonly ceiling: ProtocolResult;
  /** Real images against uniform noise: the values of a useless generator. */
  readonly floor: ProtocolResult;
}

/**
 * `pairedMean` of real images against each other, and of uniform noise against them, with the same settings, so that a
 * reader can judge a figure such as "PSNR 12". `images` is the number of reals that play the fakes; default 64.
 */
export async function yardsticks(
  real: MetricImageSource,
  settings: PairedMeanSettings & { readonly images?: number },
): Promise<Yardsticks> {
  const { seed, normalisation = 'none' } = settings;
  const { height, width, channels } = real;
  const count = Math.min(settings.images ?? 64, real.count);
  const noise = createRng(seed)
    .split('noise')
    .uniforms(count * height * width * channels);
  // The reals that play the fakes come first, so that index i is the same image on both sides.
  const order = createRng(seed).split('yardsticks').permutation(real.count);
  const shuffled: MetricImageSource = {
    ...real,
    read: (start, many) => gatherImages(real, order.subarray(start, start + many)),
  };
  const left: MetricImageSource = { ...shuffled, count };
  const ceiling = await meansPerFake({ real: shuffled, fake: left }, { ...settings, skipSelf: true });
  const floor = await meansPerFake(
    { real: shuffled, fake: sourceOfImages({ count, height, width, channels, values: noise }) },
    { ...settings, skipSelf: false },
  );
  const result = (protocol: string, { values, perFake }: typeof ceiling): ProtocolResult => ({
    protocol,
    normalisation,
    pairs: count * perFake,
    settings: { seed, perFake },
    values,
  });
  return { ceiling: result('real-real', ceiling), floor: result('real-noise', floor) };
}
