import { MlflowError, quote } from './errors.ts';
import { limits } from './limits.ts';
import { characterCount, checkKey, cutTo } from './names.ts';
import type { Labels, Truncation } from './types.ts';

export interface Pair {
  readonly key: string;
  readonly value: string;
}

export interface CheckedLabels {
  readonly pairs: readonly Pair[];
  readonly truncated: readonly Truncation[];
}

const valueLimits = { param: limits.paramValueLength, tag: limits.tagValueLength } as const;

/**
 * Parameters or tags as they are sent: names checked, values cut to the server's limit.
 * @throws MlflowError for a bad name, or for a long value where it is not to be cut.
 */
export function checkLabels(
  labels: Labels | undefined,
  { kind, truncate }: { kind: 'param' | 'tag'; truncate: boolean },
): CheckedLabels {
  const truncated: Truncation[] = [];
  const limit = valueLimits[kind];
  const pairs = Object.entries(labels ?? {}).map(([key, scalar]) => {
    checkKey(kind, key);
    const value = String(scalar);
    const length = value.length <= limit ? value.length : characterCount(value);
    if (length <= limit) return { key, value };
    if (!truncate) {
      throw new MlflowError(
        `${kind} ${quote(key)}: its value has ${length} characters, ${limit} are allowed`,
        {
          cure: 'shorten it, or set truncateLongValues',
        },
      );
    }
    truncated.push({ kind, key, length });
    return { key, value: cutTo(value, limit) };
  });
  return { pairs, truncated };
}
