import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

export const LOSS_KEYS = ['loss/generator', 'loss/discriminator'] as const;
export type LossKey = (typeof LOSS_KEYS)[number];

/** The losses of a run, one value per step. */
export interface Losses {
  readonly steps: readonly number[];
  /** Steps of one epoch; undefined where the log does not reach the second. */
  readonly stepsPerEpoch: number | undefined;
  readonly values: Readonly<Record<LossKey, readonly number[]>>;
}

/**
 * Reads the losses out of a run's `log.jsonl`. Lines that are no JSON, such as the cut last one of a killed run, are
 * passed over. Undefined where there is no log or nothing in it.
 */
export async function readLosses(path: string): Promise<Losses | undefined> {
  if (!existsSync(path)) return undefined;
  const steps: number[] = [];
  const values: Record<LossKey, number[]> = { 'loss/generator': [], 'loss/discriminator': [] };
  let [firstEpoch, lastEpoch, inFirst]: [number | undefined, number | undefined, number] = [
    undefined,
    undefined,
    0,
  ];
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    const line = parsed(text);
    if (!line || !Number.isFinite(Number(line['step']))) continue;
    steps.push(Number(line['step']));
    for (const key of LOSS_KEYS) values[key].push(Number(line[key] ?? NaN));
    lastEpoch = Number(line['epoch']);
    firstEpoch ??= lastEpoch;
    if (lastEpoch === firstEpoch) inFirst++;
  }
  if (steps.length === 0) return undefined;
  return { steps, values, stepsPerEpoch: lastEpoch === firstEpoch ? undefined : inFirst };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
