import { createHash } from 'node:crypto';

/**
 * JSON with the keys of every object in code-unit order and no spaces: equal values give equal texts. NaN and the
 * infinities, which JSON lacks, become strings; undefined entries of objects are left out.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'number' && !Number.isFinite(item)) return String(item);
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    const sorted = Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(sorted);
  });
}

/** Everything that decides a trial's numbers. */
export interface TrialIdentity {
  /** The resolved config, defaults and seed included, without what only decides how a run is watched or how fast it is. */
  readonly config: object;
  /** Fingerprint of the data (`PackedImages.fingerprint`). */
  readonly data: string;
  /** `identityHash` of the trial that this one goes on from. */
  readonly continues?: string;
}

/** sha256 (hex) of what decides a trial's numbers: equal means that running it again would give nothing new. */
export function identityHash({ config, data, continues }: TrialIdentity): string {
  return createHash('sha256').update(canonicalJson({ config, data, continues })).digest('hex');
}
