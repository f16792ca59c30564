import { MedganError, type MetricImages, type MetricImageShape } from '@medgan/plugin-api';

/** The option every pair metric has. */
export interface ValueRangeOption {
  /** L: images lie in [0, L]. Default 1. */
  readonly valueRange?: number;
}

/** Slack for values that rounding carried past the ends of [0, L], as a share of L. */
const slack = 1e-4;

function describe(images: MetricImageShape & { count: number }): string {
  return `${images.count} images of ${images.height}×${images.width}×${images.channels}`;
}

/**
 * Checks one batch: its array has the length its shape says, and every value is a number in [0, valueRange].
 * @throws MedganError naming the metric and the first bad image.
 */
export function checkImages(metric: string, images: MetricImages, valueRange: number): void {
  const { count, height, width, channels, values } = images;
  const size = height * width * channels;
  if (values.length !== count * size) {
    throw new MedganError(`${metric}: ${values.length} values for ${describe(images)}`, {
      cure: 'pass count × height × width × channels values, NHWC',
    });
  }
  const least = -slack * valueRange;
  const most = (1 + slack) * valueRange;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    // Written so that NaN fails it too.
    if (!(value >= least && value <= most)) {
      throw new MedganError(`${metric}: image ${Math.floor(i / size)} holds the value ${value}`, {
        cure: `images must lie in [0, ${valueRange}]; a diverged generator gives NaN`,
      });
    }
  }
}

/**
 * Checks two batches that are to be compared pair by pair.
 * @throws MedganError when their shapes differ, the metric is not defined on that shape, or a value is no legal one.
 */
export function checkPairs(
  metric: string,
  pair: { readonly a: MetricImages; readonly b: MetricImages },
  rule: { readonly valueRange: number; readonly refusal?: string | undefined },
): void {
  const { a, b } = pair;
  if (a.count !== b.count || a.height !== b.height || a.width !== b.width || a.channels !== b.channels) {
    throw new MedganError(`${metric}: cannot pair ${describe(a)} with ${describe(b)}`, {
      cure: 'resize the images to one size and pass as many of one as of the other',
    });
  }
  if (rule.refusal !== undefined) {
    throw new MedganError(`${metric}: ${rule.refusal}`, {
      cure: 'use another size, or leave this metric out',
    });
  }
  checkImages(metric, a, rule.valueRange);
  checkImages(metric, b, rule.valueRange);
}

/** Why images that are neither grey nor RGB, or empty, are refused; undefined when they are well. */
export function refuseShape(shape: MetricImageShape): string | undefined {
  if (shape.channels !== 1 && shape.channels !== 3) {
    return `takes 1 (grey) or 3 (RGB) channels, not ${shape.channels}`;
  }
  if (shape.height < 1 || shape.width < 1) return 'takes images of at least one pixel';
  return undefined;
}
