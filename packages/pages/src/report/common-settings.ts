import { type ControlKeys, valueText } from '@medgan/experiment-registry';

export interface Setting {
  readonly key: string;
  readonly value: string;
}

/** Where files lie says nothing of an experiment, and nobody's folders belong into a report. */
const PLACES = new Set(['path', 'cache', 'out', 'run', 'plugins']);

/** The control-file keys that all trials share, sorted by name. */
export function commonSettings(trials: readonly { readonly config: ControlKeys }[]): Setting[] {
  const flat = trials.map(({ config }) => flattened(config));
  const [first] = flat;
  return Object.entries(first ?? {})
    .filter(([key, value]) => !PLACES.has(key) && key !== 'seed' && flat.every((each) => each[key] === value))
    .map(([key, value]) => ({ key, value }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Nested keys with dots: `labels.real`. */
function flattened(config: ControlKeys, prefix = ''): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(flattened(value as ControlKeys, `${prefix}${key}.`))
        : [[`${prefix}${key}`, valueText(value)]],
    ),
  );
}
