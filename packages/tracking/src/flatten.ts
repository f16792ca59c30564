import type { Scalar } from 'mlflow-ts-client';

/** Characters that MLflow takes in the name of a param, tag or metric. */
const REFUSED = /[^\w.\- /]/g;

/** A name that MLflow takes. */
export const trackedName = (name: string): string => name.replace(REFUSED, '_').slice(0, 250);

/** Nested settings as `a.b.c` → value. A list becomes one value, joined by commas; what is undefined has no name. */
export function flatten(value: unknown, path = ''): Record<string, Scalar> {
  if (value === undefined || value === null) return {};
  if (Array.isArray(value)) return { [trackedName(path)]: value.map(asText).join(', ') };
  if (typeof value === 'object') {
    return Object.assign(
      {},
      ...Object.entries(value).map(([key, inner]) => flatten(inner, path ? `${path}.${key}` : key)),
    ) as Record<string, Scalar>;
  }
  return { [trackedName(path)]: value as Scalar };
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
