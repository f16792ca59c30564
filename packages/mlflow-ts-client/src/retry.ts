import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Fault } from './fault.ts';
import type { MlflowClientOptions, RetryEvent, RetryOptions } from './options.ts';

export interface Operation<T> {
  readonly method: string;
  readonly path: string;
  /** One attempt. Throws `Fault`s. */
  attempt(): Promise<T>;
  /**
   * Asked before every further attempt once one may have happened unseen: what it made, or undefined to try again.
   * An operation without it can be repeated safely.
   */
  settle?: () => Promise<T | undefined>;
}

const defaults: Required<RetryOptions> = { maxRetries: 7, backoffFactor: 2, jitter: 1, maxDelayMs: 120_000 };

/** Repeats operations that failed for a while, with growing pauses, and never one that may have happened unseen. */
export class Retrier {
  readonly #policy: Required<RetryOptions>;
  readonly #random: () => number;
  readonly #sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  readonly #onRetry: (event: RetryEvent) => void;

  constructor(options: MlflowClientOptions) {
    this.#policy = { ...defaults, ...options.retry };
    this.#random = options.random ?? systemRandom;
    this.#sleep = options.sleep ?? systemSleep;
    this.#onRetry = options.onRetry ?? (() => undefined);
  }

  async run<T>(operation: Operation<T>, signal?: AbortSignal): Promise<T> {
    let inDoubt = false;
    for (let attempt = 1; ; attempt++) {
      try {
        if (inDoubt) {
          const found = await operation.settle?.();
          if (found !== undefined) return found;
        }
        return await operation.attempt();
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        inDoubt ||= error.mayHaveHappened;
        if (!error.error.transient || attempt > this.#policy.maxRetries) throw error.error;
        const delayMs = this.#delay(attempt, error.retryAfterMs);
        this.#onRetry({
          method: operation.method,
          path: operation.path,
          attempt,
          delayMs,
          reason: error.error.message,
        });
        await this.#sleep(delayMs, signal);
      }
    }
  }

  #delay(attempt: number, retryAfterMs: number | undefined): number {
    const { backoffFactor, jitter, maxDelayMs } = this.#policy;
    const backoff = 1000 * (backoffFactor * 2 ** (attempt - 1) + jitter * this.#random());
    return Math.round(Math.min(Math.max(backoff, retryAfterMs ?? 0), maxDelayMs));
  }
}

function systemRandom(): number {
  return randomBytes(4).readUInt32LE() / 2 ** 32;
}

async function systemSleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await wait(milliseconds, undefined, { ...(signal && { signal }) });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
