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
  readonly summary: string;
  readonly reference: string;
  readonly options: OptionsSchema;
  readonly direction: Direction;
  /** Least and greatest possible value under the default options. */
  readonly range: readonly [number, number];
  /** Unit to print behind a value, such as `dB`; undefined = a pure number. */
  readonly unit?: string;
  /** Whether compute(a, b) equals compute(b, a). */
  readonly symmetric: boolean;
  /** Why images of this shape cannot be compared under the options (the default ones), or undefined when they can. */
  refuses(shape: MetricImageShape, options?: Options): string | undefined;
  /**
   * One value a pair; both batches have equal shapes.
   * @throws MedganError on unequal or refused shapes and on values that are NaN or outside [0, 1].
   */
  compute(a: MetricImages, b: MetricImages, options: Options): Float64Array;
}

/** Declares a pair metric plugin; the file's default export. */
export function definePairMetric<Options extends object>(
  plugin: Omit<PairMetric<Options>, 'kind'>,
): PairMetric<Options> {
  return { kind: 'pair-metric', ...plugin };
}

/** Feature vectors of a set of images, one a row. */
export interface FeatureRows {
  readonly count: number;
  readonly dims: number;
  /** [count, dims], float64, row by row. */
  readonly values: Float64Array;
}

/** Turns images into feature vectors; the same images always give the same vectors. */
export interface FeatureExtractor {
  /** How values computed with it are labelled: what stands behind the `@` of `kid@random-conv`. */
  readonly name: string;
  readonly dims: number;
  /** Everything that decides the features and is not in the images, to be stored beside every value: JSON-able. */
  readonly record: Readonly<Record<string, unknown>>;
  /** [images.count, dims], float64. */
  extract(images: MetricImages): Promise<Float64Array>;
  /** Frees what the extractor holds outside the heap. */
  close?(): Promise<void>;
}

/** What a feature plugin is told when it is opened. */
export interface FeaturesContext {
  /** The real images: extractors that are fitted are fitted on these, and never on fakes. */
  readonly reference: MetricImageSource;
  /** Told how much of the work is done, of how much. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A kind of feature extractor. */
export interface Features<Options extends object = object> extends Named {
  readonly kind: 'features';
  readonly summary: string;
  readonly reference: string;
  readonly options: OptionsSchema;
  /** The option that a name carries behind a colon, as `file` of `onnx:inception.onnx`; it may where there is a default. */
  readonly argument?: string;
  /** Options under which the contract suite opens it: cheap ones, and those that have no default. Absent = none. */
  readonly tiny?: Options;
  /** Makes the extractor ready, fitted to `context.reference` where it is one that is fitted. */
  open(options: Options, context: FeaturesContext): Promise<FeatureExtractor>;
}

/** Declares a feature extractor plugin; the file's default export. */
export function defineFeatures<Options extends object>(
  plugin: Omit<Features<Options>, 'kind'>,
): Features<Options> {
  return { kind: 'features', ...plugin };
}

/** One number of a set metric. */
export interface SetValue {
  readonly name: string;
  readonly direction: Direction;
  /** null where it cannot be computed; `reason` then says why. */
  readonly value: number | null;
  /** Standard deviation over subsets, where the metric has it. */
  readonly deviation?: number;
  readonly reason?: string;
}

/** What a set metric is told beside its two sets. */
export interface SetMetricContext {
  readonly rng: Rng;
  /** Told how much of the work is done, of how much. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A metric of two sets of images, by their features. */
export interface SetMetric<Options extends object = object> extends Named {
  readonly kind: 'set-metric';
  readonly summary: string;
  readonly reference: string;
  readonly options: OptionsSchema;
  /** One or more values; a set too small gives null and a reason, not an error. */
  compute(
    sets: { readonly real: FeatureRows; readonly fake: FeatureRows },
    options: Options,
    context: SetMetricContext,
  ): SetValue[];
}

/** Declares a set metric plugin; the file's default export. */
export function defineSetMetric<Options extends object>(
  plugin: Omit<SetMetric<Options>, 'kind'>,
): SetMetric<Options> {
  return { kind: 'set-metric', ...plugin };
}
