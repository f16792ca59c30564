import { MlflowError, quote } from './errors.ts';
import { checkKey } from './names.ts';
import type { NonFinite } from './options.ts';
import type { Int64, Metric } from './types.ts';

const largest = 2n ** 63n - 1n;

/**
 * What makes a point that point: key, step, timestamp and value. SQL stores keep such a point once, and clamp
 * infinities to the largest double, so ±Infinity and ±MAX_VALUE are one value here; so are 0 and -0.
 */
export function identityOf({ key, value, timestamp, step }: Metric): string {
  const shown = Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value)) + 0;
  return `${key}\n${step}\n${timestamp}\n${shown}`;
}

export interface CheckedPoints {
  readonly points: readonly Metric[];
  readonly repeated: number;
  readonly skipped: readonly Metric[];
}

/**
 * The points to be sent: checked, each once.
 * @throws MlflowError for a bad name, a step or timestamp that is no 64-bit integer, or (on 'error') no finite value.
 */
export function checkPoints(metrics: readonly Metric[], nonFinite: NonFinite): CheckedPoints {
  const skipped: Metric[] = [];
  const points = new Map<string, Metric>();
  const keys = new Set<string>();
  for (const metric of metrics) {
    if (!keys.has(metric.key)) {
      checkKey('metric', metric.key);
      keys.add(metric.key);
    }
    checkInt64(metric, 'step');
    checkInt64(metric, 'timestamp');
    if (typeof metric.value !== 'number')
      throw refuse(metric, `its value is ${String(metric.value)}`, 'give a number');
    if (!Number.isFinite(metric.value)) {
      if (nonFinite === 'error')
        throw refuse(metric, `its value is ${metric.value}`, "set nonFinite to 'skip' or 'send'");
      if (nonFinite === 'skip') {
        skipped.push(metric);
        continue;
      }
    }
    points.set(identityOf(metric), metric);
  }
  return { points: [...points.values()], repeated: metrics.length - skipped.length - points.size, skipped };
}

/** A metric as it travels; JSON has no NaN and no Infinity, protobuf's JSON spells them as strings. */
export function toWirePoint({ key, value, timestamp, step }: Metric): Record<string, unknown> {
  return { key, value: Number.isFinite(value) ? value : String(value), timestamp, step };
}

function checkInt64(metric: Metric, field: 'step' | 'timestamp'): void {
  const value: Int64 = metric[field];
  const good =
    typeof value === 'bigint' ? value <= largest && value >= -largest - 1n : Number.isSafeInteger(value);
  if (!good)
    throw refuse(metric, `its ${field} is ${String(value)}`, 'give an integer, a bigint beyond 2^53');
}

function refuse(metric: Metric, what: string, cure: string): MlflowError {
  return new MlflowError(`metric ${quote(metric.key)} at step ${String(metric.step)}: ${what}`, { cure });
}
