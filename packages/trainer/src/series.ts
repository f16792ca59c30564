import type { Engine } from '@medgan/engine';
import type { ImageFormat } from '@medgan/plugin-api';
import type { Batch } from './batches.ts';
import type { RunConfig } from './run-config.ts';

/** Bytes of images, as the networks take them, that are prepared for one call. */
const SERIES_BYTES = 2 ** 27;

/** Batches a call: as many as the engine likes, as far as their images leave room. */
export function seriesLength(
  { stepsPerCall }: Pick<Engine, 'stepsPerCall'>,
  { batchSize }: Pick<RunConfig, 'batchSize'>,
  { size, channels }: ImageFormat,
): number {
  const batchBytes = Float32Array.BYTES_PER_ELEMENT * batchSize * size ** 2 * channels;
  return Math.max(1, Math.min(stepsPerCall, Math.floor(SERIES_BYTES / batchBytes)));
}

/** Where a series of batches ends. */
export interface SeriesEnds {
  /** Batches that the engine is best given at once. */
  readonly length: number;
  /** Updates of the discriminator in a step: after the last, the generator learns. */
  readonly updates: number;
  /** There is something to do after this step before the next. */
  readonly pausesAfter: (step: number) => boolean;
}

/** The batches in series that are trained on in one call: all of a size, and none across a pause. */
export function* inSeries(batches: Iterable<Batch>, ends: SeriesEnds): Generator<readonly Batch[]> {
  let series: Batch[] = [];
  for (const batch of batches) {
    if (series.length > 0 && series[0]!.indices.length !== batch.indices.length) {
      yield series;
      series = [];
    }
    series.push(batch);
    const isStepDone = batch.update === ends.updates;
    const mustEnd = isStepDone && (ends.updates > 1 || ends.pausesAfter(batch.step));
    if (series.length < ends.length && !mustEnd) continue;
    yield series;
    series = [];
  }
  if (series.length > 0) yield series;
}
