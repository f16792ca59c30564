import type { OptionsSchema } from './options.ts';
import type { Named } from './registry.ts';
import type { Rng } from './rng.ts';

/** A batch of images for metrics: float32 in [0, 1], NHWC. */
export interface MetricImages {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** [count, height, width, channels]. */
  readonly values: Float32Array;
}

/** Height and width in pixels, and channels. */
export interface MetricImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Many images of one shape, read a batch at a time, so that a set need not fit into memory as floats. */
export interface MetricImageSource extends MetricImageShape {
  readonly count: number;
  /** Images `start` … `start + count - 1`. */
  read(start: number, count: number): MetricImages | Promise<MetricImages>;
}

/** Whether a greater or a smaller value is the better one. */
export type Direction = 'higher' | 'lower';

/** A metric of image pairs: the i-th of one batch against the i-th of the other. */
export interface PairMetric<Options extends object = object> extends Named {
  readonly kind: 'pair-metric';
  /** How tables and reports write the metric: `HaarPSI`, `MS-SSIM`. */
  readonly title: string;
  readonly summary: string;
  readonly reference: string;
  readonly options: OptionsSchema;
  readonly direction: Direction;
  /** Least and greatest possible value under the default options. */
  readonly range: readonly [number, number];
  /** Unit printed after a value, such as `dB`; absent for a pure number. */
  readonly unit?: string;
  /** Whether compute(a, b) equals compute(b, a). */
  readonly symmetric: boolean;
  /** Why images of this shape cannot be compared under the options (the default ones), or undefined when they can. */
  refuses(shape: MetricImageShape, options?: Options): string | undefined;
  /**
   * Compares two batches of equal shape, float32 in [0, 1], NHWC.
   * @returns one value per pair
   * @throws MedganError for unequal or refused shapes, and for values that are NaN or outside [0, 1]
   */
  compute(a: MetricImages, b: MetricImages, options: Options): Float64Array;
}

/** Declares a pair metric plugin; the file's default export. */
export function definePairMetric<Options extends object>(
  plugin: Omit<PairMetric<Options>, 'kind'>,
): PairMetric<Options> {
  return { kind: 'pair-metric', ...plugin };
}

/** Feature vectors of a set of images, one row per image. */
export interface FeatureRows {
  readonly count: number;
  readonly dims: number;
  /** [count, dims], float64, row by row. */
  readonly values: Float64Array;
}

/** Turns images into feature vectors; the same images always give the same vectors. */
export interface FeatureExtractor {
  /** Labels the values computed with it: the part after the `@` in `kid@random-conv`. */
  readonly name: string;
  readonly dims: number;
  /** Everything except the images that determines the features; stored with every value. JSON-able. */
  readonly record: Readonly<Record<string, unknown>>;
  /** @returns float64 [images.count, dims] */
  extract(images: MetricImages): Promise<Float64Array>;
  /** Frees what the extractor holds outside the heap. */
  close?(): Promise<void>;
}

/** What a feature plugin gets when it is opened. */
export interface FeaturesContext {
  /** The real images. An extractor that is fitted is fitted to these only, never to fakes. */
  readonly reference: MetricImageSource;
  /** Called with the amount of work done and the total. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A kind of feature extractor. */
export interface Features<Options extends object = object> extends Named {
  readonly kind: 'features';
  readonly summary: string;
  readonly reference: string;
  readonly options: OptionsSchema;
  /** The option that a name gives after a colon, such as `file` in `onnx:inception.onnx`; optional if it has a default. */
  readonly argument?: string;
  /** Options for the contract suite: cheap ones, and those without a default. Absent: none. */
  readonly tiny?: Options;
  /** Makes the extractor ready; one that is fitted is fitted to `context.reference`. */
  open(options: Options, context: FeaturesContext): Promise<FeatureExtractor>;
}

/** Declares a feature extractor plugin; the file's default export. */
export function defineFeatures<Options extends object>(
  plugin: Omit<Features<Options>, 'kind'>,
): Features<Options> {
  return { kind: 'features', ...plugin };
}

/** A value that a set metric computes: `precision`, where higher is better. */
export interface SetValueDeclaration {
  /** Kebab-case, without an extractor: `kid`, which control files name with one, `kid@random-conv`. */
  readonly name: string;
  /** How tables write it: `KID`; default: the name. */
  readonly title?: string;
  readonly direction: Direction;
}

/** What a set metric computed for one of its values. */
export interface SetNumber {
  /** null if it cannot be computed for these sets; `reason` then says why. */
  readonly value: number | null;
  /** Standard deviation over subsets, if the metric computes it. */
  readonly deviation?: number;
  readonly reason?: string;
}

/** One value of a set metric, with its name and direction. */
export type SetValue = Omit<SetValueDeclaration, 'title'> & SetNumber;

/** What a set metric gets beside its two sets. */
export interface SetMetricContext {
  readonly rng: Rng;
  /** Called with the amount of work done and the total. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A metric of two sets of images, computed from their features. */
export interface SetMetric<Options extends object = object> extends Named {
  readonly kind: 'set-metric';
  readonly summary: string;
  readonly reference: string;
  readonly options: OptionsSchema;
  /** Every value that `compute` returns, in the order of the tables. */
  readonly values: readonly SetValueDeclaration[];
  /** The number of images that each set must hold at least. Smaller sets are reported as too small, not computed. */
  minimum(options: Options): number;
  /**
   * Compares two sets.
   * @param sets float64 features, finite, of equal dims, with at least `minimum(options)` rows per set; not to be changed
   * @returns one number per declared value, by its name
   */
  compute(
    sets: { readonly real: FeatureRows; readonly fake: FeatureRows },
    options: Options,
    context: SetMetricContext,
  ): Readonly<Record<string, SetNumber>>;
}

/** Declares a set metric plugin; the file's default export. */
export function defineSetMetric<Options extends object>(
  plugin: Omit<SetMetric<Options>, 'kind'>,
): SetMetric<Options> {
  return { kind: 'set-metric', ...plugin };
}
