import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { MedganError, messageOf, type PackedImages, RUN_FILES } from '@medgan/plugin-api';
import type { RunConfig } from '@medgan/trainer';
import type { ControlFile } from '../control/control-schema.ts';

/** `config.yaml` of a run folder. */
export interface RunRecord {
  readonly control: ControlFile;
  readonly resolved: RunConfig;
  readonly engine: { readonly name: string; readonly device: string; readonly threads: number };
  readonly data: {
    readonly fingerprint: string;
    readonly images: number;
    readonly classes: readonly string[];
    readonly skipped: number;
  };
  readonly versions: Readonly<Record<string, string>>;
}

export async function readRunRecord(runDir: string): Promise<RunRecord> {
  try {
    return load(await readFile(join(runDir, RUN_FILES.record), 'utf8')) as RunRecord;
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = absent ? 'there is no config.yaml in it' : messageOf(error);
    throw new MedganError(`${runDir} holds no run: ${reason}`, {
      cure: 'give the folder of a run: <out>/<run>',
      cause: error,
    });
  }
}

/** What decides a run's numbers. How often it logs, samples and saves may change. */
function essence(config: RunConfig, extended: readonly string[]): Record<string, unknown> {
  const { cadence: _cadence, ...rest } = config;
  const free = { num_epochs: 'epochs', max_steps: 'maxSteps' } as const;
  const flat: Record<string, unknown> = {};
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) walk(inner, path ? `${path}.${key}` : key);
    } else flat[path] = value;
  };
  walk(rest, '');
  for (const key of extended) delete flat[free[key as keyof typeof free]];
  return flat;
}

/** Keys that `--extend` may change: how long a run goes on. */
export const EXTENDABLE: readonly string[] = ['num_epochs', 'max_steps'];

/**
 * Refuses to go on with a run under another configuration, other data or another engine, because its end would not be
 * that of an unbroken run. @throws MedganError that shows every difference.
 */
export function guardResume(
  record: RunRecord,
  now: { config: RunConfig; images: PackedImages; engine: { name: string; threads: number } },
  extended: readonly string[],
): void {
  const before: Record<string, unknown> = {
    ...essence(record.resolved, extended),
    'data.fingerprint': record.data.fingerprint,
    'engine.name': record.engine.name,
    'engine.threads': record.engine.threads,
  };
  const after: Record<string, unknown> = {
    ...essence(now.config, extended),
    'data.fingerprint': now.images.fingerprint,
    'engine.name': now.engine.name,
    'engine.threads': now.engine.threads,
  };
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const differences = keys.filter((key) => before[key] !== after[key]);
  if (differences.length === 0) return;
  const lines = differences.map((key) => `\n  ${key}: was ${String(before[key])}, now ${String(after[key])}`);
  throw new MedganError(`this run was started under another configuration:${lines.join('')}`, {
    cure: 'resume it as it was, start a run of another name, or train longer with --extend num_epochs=…',
  });
}
