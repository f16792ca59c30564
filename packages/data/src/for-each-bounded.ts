export interface BoundedOptions {
  /** How many may be under way at once, ≥ 1. */
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Awaits `work(item, index)` for every item, at most `limit` at once, started in order. On the first failure or an
 * abort nothing more is started; what is under way is awaited, then the failure is thrown.
 */
export async function forEachBounded<T>(
  items: readonly T[],
  options: BoundedOptions,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failed = false;
  const lane = async (): Promise<void> => {
    while (next < items.length && !failed) {
      const index = next++;
      try {
        options.signal?.throwIfAborted();
        await work(items[index]!, index);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const lanes = Array.from({ length: Math.max(1, Math.min(options.limit, items.length)) }, lane);
  const results = await Promise.allSettled(lanes);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
