import type { OptionsSchema } from './options.ts';
import type { Named } from './registry.ts';

/** A batch of images for metrics: float32 in [0, 1], NHWC. */
export interface MetricImages {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** [count, height, width, channels]. */
  readonly values: Float32Array;
}

/** A metric of image pairs: the i-th of one batch against the i-th of the other. */
export interface PairMetric<Options extends object = object> extends Named {
  readonly kind: 'pair-metric';
  readonly summary: string;
  readonly reference: string;
  readonly options: OptionsSchema;
  readonly direction: 'higher' | 'lower';
  /** Least and greatest possible value. */
  readonly range: readonly [number, number];
  /** Why images of this shape cannot be compared, or undefined when they can. */
  refuses(shape: { height: number; width: number; channels: number }): string | undefined;
  /** One value a pair; both batches have equal shapes. */
  compute(a: MetricImages, b: MetricImages, options: Options): Float64Array;
}

/** Declares a pair metric plugin; the file's default export. */
export function definePairMetric<Options extends object>(
  plugin: Omit<PairMetric<Options>, 'kind'>,
): PairMetric<Options> {
  return { kind: 'pair-metric', ...plugin };
}
