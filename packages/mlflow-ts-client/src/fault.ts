import { MlflowError, quote } from './errors.ts';

/**
 * One failed attempt. Every retry depends on `mayHaveHappened`: false only if the server certainly did nothing, because
 * it was not reached or said that it refused.
 */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly error: MlflowError;
  readonly mayHaveHappened: boolean;
  /** Milliseconds that the server asked the client to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(error: MlflowError, facts: { mayHaveHappened: boolean; retryAfterMs?: number | undefined }) {
    super(error.message, { cause: error });
    this.error = error;
    this.mayHaveHappened = facts.mayHaveHappened;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

const transientStatuses: readonly number[] = [408, 429, 500, 502, 503, 504];

/** An answer other than 2xx. */
export interface Refusal {
  readonly what: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

export function faultOfStatus(refusal: Refusal): Fault {
  const { errorCode, message } = readRefusal(refusal);
  const transient = transientStatuses.includes(refusal.status);
  const location = refusal.headers.get('location');
  const error = new MlflowError(
    `${refusal.what}: ${refusal.status}${errorCode ? ` ${errorCode}` : ''}${message}`,
    {
      status: refusal.status,
      errorCode,
      transient,
      cure: cureOf(refusal.status, { errorCode, location }),
    },
  );
  return new Fault(error, {
    mayHaveHappened: transient && refusal.status !== 429,
    retryAfterMs: transient ? retryAfter(refusal.headers) : undefined,
  });
}

function readRefusal({ body }: Refusal): { errorCode: string | undefined; message: string } {
  try {
    const said = JSON.parse(body) as { error_code?: unknown; message?: unknown } | null;
    const message = typeof said?.message === 'string' ? said.message : '';
    return {
      errorCode: typeof said?.error_code === 'string' ? said.error_code : undefined,
      message: message === '' ? '' : `: ${message.length > 600 ? `${message.slice(0, 597)}...` : message}`,
    };
  } catch {
    const line = body
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim();
    return { errorCode: undefined, message: line === '' ? '' : `: ${quote(line)}` };
  }
}

function cureOf(
  status: number,
  { errorCode, location }: { errorCode: string | undefined; location: string | null },
) {
  if (location !== null) return `the server redirects to ${location}: set the tracking URI to that address`;
  if (status === 401 || status === 403)
    return 'check MLFLOW_TRACKING_USERNAME and _PASSWORD, or MLFLOW_TRACKING_TOKEN';
  if (status === 413)
    return 'a proxy before the server limits the size of requests: raise it (nginx: client_max_body_size)';
  if (status === 429) return 'the server asks for fewer requests: try later';
  if (status >= 500) return 'read the log of the MLflow server';
  if (status === 404 && errorCode === undefined)
    return 'check that the tracking URI is that of an MLflow server';
  return undefined;
}

/** In milliseconds; a date is compared with the server's own clock, the `date` header of its answer. */
function retryAfter(headers: Headers): number | undefined {
  const said = headers.get('retry-after');
  if (said === null) return undefined;
  if (/^\d+(\.\d+)?$/.test(said.trim())) return Number(said) * 1000;
  const wait = Date.parse(said) - Date.parse(headers.get('date') ?? '');
  return Number.isFinite(wait) && wait > 0 ? wait : undefined;
}

/** The fault of a connection that failed or broke. */
export function faultOfNetwork(what: string, cause: unknown): Fault {
  const { code, syscall, message } = innermost(cause);
  // OpenSSL appends its source file and an empty line.
  const reason = (code ? `${code}: ${message}` : message).trim().split('\n')[0]!;
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG') {
    const cure = 'this port speaks plain http: write the tracking URI with http:// in place of https://';
    return new Fault(new MlflowError(`${what}: ${reason}`, { cure, cause }), { mayHaveHappened: false });
  }
  if (code !== undefined && /CERT|SIGNATURE|^ERR_TLS|^ERR_SSL|^ERR_OSSL/.test(code)) {
    const cure =
      'name the authority with MLFLOW_TRACKING_SERVER_CERT_PATH, or, on a network you trust, set MLFLOW_TRACKING_INSECURE_TLS=true';
    return new Fault(new MlflowError(`${what}: ${reason}`, { cure, cause }), { mayHaveHappened: false });
  }
  const neverReached =
    syscall === 'connect' || syscall === 'getaddrinfo' || code === 'UND_ERR_CONNECT_TIMEOUT';
  const cure = neverReached
    ? 'check that the server runs and that the tracking URI is right'
    : 'check the network and the server';
  return new Fault(new MlflowError(`${what}: ${reason}`, { transient: true, cure, cause }), {
    mayHaveHappened: !neverReached,
  });
}

export function faultOfTimeout(what: string, milliseconds: number): Fault {
  const error = new MlflowError(`${what}: no answer within ${milliseconds} ms`, {
    transient: true,
    cure: 'check the server, or raise MLFLOW_HTTP_REQUEST_TIMEOUT',
  });
  return new Fault(error, { mayHaveHappened: true });
}

export function faultOfNonsense(what: string, { body, isJson }: { body: string; isJson: boolean }): Fault {
  const error = new MlflowError(`${what}: the answer is not JSON: ${quote(body.slice(0, 120))}`, {
    transient: isJson,
    cure: 'check that the tracking URI is that of an MLflow server, without a sign-in page before it',
  });
  return new Fault(error, { mayHaveHappened: true });
}

interface SystemFault {
  readonly code: string | undefined;
  readonly syscall: string | undefined;
  readonly message: string;
}

/** The innermost cause: `fetch failed` alone gives no reason. */
function innermost(error: unknown): SystemFault {
  if (!(error instanceof Error)) return { code: undefined, syscall: undefined, message: String(error) };
  const next: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  if (next instanceof Error) return innermost(next);
  const { code, syscall } = error as NodeJS.ErrnoException;
  return { code: typeof code === 'string' ? code : undefined, syscall, message: error.message };
}
