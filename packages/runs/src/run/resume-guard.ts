import { defined, MedganError } from '@medgan/files';
import type { RunConfig } from '@medgan/trainer';
import { NAME_DATA } from './moved-data.ts';
import type { EngineRecord, RunRecord } from './run-record.ts';

/** Control keys that `--extend` may change, how long a run goes on, by their names in the resolved configuration. */
const EXTENDABLE_KEYS: Readonly<Record<string, keyof RunConfig>> = {
  num_epochs: 'epochs',
  max_steps: 'maxSteps',
};

/** The control keys that `--extend` may change. */
export const EXTENDABLE: readonly string[] = Object.keys(EXTENDABLE_KEYS);

/** The leaves of a record by their paths: `sizes.imageSize`. */
function flat(value: unknown, path = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => flat(inner, path ? `${path}.${key}` : key));
}

/**
 * What of an engine decides a run's numbers. The native engine computes the same bits for any number of threads; ONNX
 * Runtime, to which it may leave steps, does not. A record without precision is of its default.
 */
function essenceOfEngine({ name, threads, precision, fallback }: EngineRecord): [string, unknown][] {
  if (name !== 'native')
    return [
      ['engine.name', name],
      ['engine.threads', threads],
    ];
  return [
    ['engine.name', name],
    ['engine.precision', precision ?? 'default'],
    ...(fallback ? [['engine.threads', threads] satisfies [string, unknown]] : []),
  ];
}

const DATA = 'data.fingerprint';

/** A fingerprint with what it is of. */
const dataText = ({ data, control: { path } }: RunRecord): string =>
  `${data.fingerprint} (${data.images} ${data.images === 1 ? 'image' : 'images'}${path === undefined ? '' : ` of ${path}`})`;

/** What decides a run's numbers, by path. How often it logs, samples and saves does not. */
function essence({ resolved, data, engine }: RunRecord, extended: readonly string[]): Map<string, unknown> {
  const { cadence: _cadence, ...config } = resolved;
  const all = new Map(flat(config));
  for (const key of extended) all.delete(EXTENDABLE_KEYS[key] ?? key);
  all.set(DATA, data.fingerprint);
  for (const [key, value] of essenceOfEngine(engine)) all.set(key, value);
  return all;
}

/**
 * Refuses to go on with a run under another configuration, other data or another engine, because its end would not be
 * that of an unbroken run. Steps that were left to ONNX Runtime are left to it again. @throws MedganError that shows every difference.
 */
export function guardResume(former: RunRecord, now: RunRecord, extended: readonly string[]): void {
  const engine = { ...now.engine, ...defined({ fallback: former.engine.fallback }) };
  const [before, after] = [essence(former, extended), essence({ ...now, engine }, extended)];
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  const differences = keys.filter((key) => before.get(key) !== after.get(key));
  if (differences.length === 0) return;
  const lines = differences.map((key) => {
    const [was, is] = key === DATA ? [dataText(former), dataText(now)] : [before.get(key), after.get(key)];
    return `\n  ${key}: was ${String(was)}, now ${String(is)}`;
  });
  throw new MedganError(`this run was started under another configuration:${lines.join('')}`, {
    cure: differences.every((key) => key === DATA)
      ? `put the images back that it was trained on; ${NAME_DATA}`
      : 'resume it as it was, start a run of another name, or train longer with --extend num_epochs=…',
  });
}
