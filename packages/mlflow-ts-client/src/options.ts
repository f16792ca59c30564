import type { ProxyOptions } from './proxies.ts';

/** How often and how long to try again. */
export interface RetryOptions {
  /** Attempts after the first; 7 by default, as MLflow's own client. */
  readonly maxRetries?: number;
  /** Seconds before the first retry, doubled with each further one; 2 by default. */
  readonly backoffFactor?: number;
  /** Up to so many seconds, drawn at random, are added to each wait; 1 by default. */
  readonly jitter?: number;
  /** The longest wait in milliseconds, also of a `Retry-After`; 120 000 by default. */
  readonly maxDelayMs?: number;
}

/** One failed attempt that will be followed by another. */
export interface RetryEvent {
  readonly method: string;
  readonly path: string;
  /** 1 for the first retry. */
  readonly attempt: number;
  readonly delayMs: number;
  readonly reason: string;
}

/** Who asks: by name and password (HTTP Basic), or by token (Bearer). */
export type Auth = { readonly username: string; readonly password: string } | { readonly token: string };

/** Certificates of one's own, for `https:`. */
export interface TlsOptions {
  /** Accept any certificate. */
  readonly insecure?: boolean;
  /** PEM file of the authorities to trust. */
  readonly caFile?: string;
  /** PEM file with the client's certificate and its key. */
  readonly clientCertFile?: string;
}

/** What to do with NaN and ±Infinity: leave out and report, send as MLflow spells them, or refuse the batch. */
export type NonFinite = 'skip' | 'send' | 'error';

/** Where the server is, how it is asked, and how patiently. */
export interface MlflowClientOptions {
  /** `http://…` or `https://…`, with a path where the server lies below one; `user:password@` is understood. */
  readonly trackingUri: string;
  readonly auth?: Auth;
  /** Sent as `X-MLflow-Workspace`. */
  readonly workspace?: string;
  readonly tls?: TlsOptions;
  /** None by default. */
  readonly proxies?: ProxyOptions;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For each attempt; 120 000 by default. */
  readonly timeoutMs?: number;
  readonly retry?: RetryOptions;
  /** Cut parameters to 6000 and tags to 8000 characters (true, the default), or refuse longer ones. */
  readonly truncateLongValues?: boolean;
  /** 'skip' by default. */
  readonly nonFinite?: NonFinite;
  /** A number in [0, 1), for the jitter; from the system's source by default. */
  readonly random?: () => number;
  /** Resolves after so many milliseconds, rejects with the signal's reason. */
  readonly sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** A value that no other call uses, to find a run or an experiment again; a UUID by default. */
  readonly newToken?: () => string;
  /** Used instead of Node's own; `tls` and `proxies` are then ignored. */
  readonly fetch?: typeof fetch;
  /** Called before each wait, with what failed and how long the wait is. */
  readonly onRetry?: (event: RetryEvent) => void;
}
