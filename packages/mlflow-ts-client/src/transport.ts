import { Deadline } from './deadline.ts';
import { MlflowError } from './errors.ts';
import { Fault, faultOfNetwork, faultOfNonsense, faultOfStatus, faultOfTimeout } from './fault.ts';
import { decodeJson, encodeJson } from './int64-json.ts';
import type { Auth, MlflowClientOptions } from './options.ts';
import { networkFetch, type NetworkFetch } from './network-fetch.ts';
import { parseTrackingUri } from './tracking-uri.ts';
import type { CallOptions } from './types.ts';
import { object } from './wire.ts';
import type { Wire } from './wire.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export type Query = Readonly<Record<string, string | number | undefined>>;

/** The body of an upload; opened anew for each attempt. */
export interface Upload {
  readonly open: () => AsyncIterable<Uint8Array> | Uint8Array;
  readonly contentType: string;
  /** Bytes, where they are known beforehand. */
  readonly size?: number | undefined;
}

export interface Exchange {
  readonly method: Method;
  /** Below the server's base, or a whole address. */
  readonly path: string;
  readonly query?: Query;
  readonly body?: Wire;
  readonly upload?: Upload;
}

const defaultTimeoutMs = 120_000;

/** One HTTP exchange, without retries. Failures are `Fault`s, or the caller's reason to give up. */
export class Transport {
  readonly base: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #timeoutMs: number;
  readonly #fetch: typeof fetch;
  readonly #network: NetworkFetch | undefined;

  constructor(options: MlflowClientOptions) {
    const server = parseTrackingUri(options.trackingUri);
    this.base = server.base;
    this.#timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    this.#headers = {
      'user-agent': 'mlflow-ts-client/0.1',
      ...authorization(options.auth ?? server.auth),
      ...(options.workspace !== undefined && { 'x-mlflow-workspace': options.workspace }),
      ...options.headers,
    };
    this.#network =
      options.fetch === undefined ? networkFetch(options.tls ?? {}, options.proxies) : undefined;
    this.#fetch = options.fetch ?? this.#network?.fetch ?? fetch;
  }

  /** A call that answers with a JSON object; nothing at all counts as an empty one. */
  async json(exchange: Exchange, call: CallOptions): Promise<Wire> {
    const { body, type } = await this.#exchange(exchange, {
      call,
      read: async (response) => ({
        body: await response.text(),
        type: response.headers.get('content-type') ?? '',
      }),
    });
    if (body.trim() === '') return {};
    try {
      return object(decodeJson(body));
    } catch {
      throw faultOfNonsense(describe(exchange), { body, isJson: type.includes('json') });
    }
  }

  async text(exchange: Exchange, call: CallOptions): Promise<string> {
    return this.#exchange(exchange, { call, read: (response) => response.text() });
  }

  /** Hands the pieces of an answer's body to `take`, in order. */
  async stream(
    exchange: Exchange,
    call: CallOptions & { take: (piece: Uint8Array) => Promise<void> },
  ): Promise<void> {
    await this.#exchange(exchange, {
      call,
      read: async (response, deadline) => {
        for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
          deadline.touch();
          await call.take(piece).catch(wrapForeign);
        }
      },
    });
  }

  async close(): Promise<void> {
    await this.#network?.close();
  }

  async #exchange<T>(
    exchange: Exchange,
    { call, read }: { call: CallOptions; read: (response: Response, deadline: Deadline) => Promise<T> },
  ): Promise<T> {
    call.signal?.throwIfAborted();
    const timeoutMs = call.timeoutMs ?? this.#timeoutMs;
    const deadline = new Deadline(timeoutMs, call.signal);
    const what = `${describe(exchange)}${exchange.path.startsWith('/') ? ` at ${this.base}` : ''}`;
    try {
      const response = await this.#fetch(this.#address(exchange), this.#init(exchange, deadline));
      deadline.touch();
      if (response.status < 200 || response.status > 299) {
        const body = await response.text();
        throw faultOfStatus({ what, status: response.status, headers: response.headers, body });
      }
      return await read(response, deadline);
    } catch (cause) {
      if (deadline.expired) throw faultOfTimeout(what, timeoutMs);
      call.signal?.throwIfAborted();
      if (cause instanceof Fault || cause instanceof MlflowError) throw cause;
      const foreign = foreignFault(cause);
      if (foreign !== undefined) throw foreign.cause;
      throw faultOfNetwork(what, cause);
    } finally {
      deadline.clear();
    }
  }

  #address({ path, query }: Exchange): string {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query ?? {})) {
      if (value !== undefined) search.set(name, String(value));
    }
    const address = path.startsWith('/') ? `${this.base}${path}` : path;
    return search.size === 0 ? address : `${address}?${search.toString()}`;
  }

  #init({ method, body, upload }: Exchange, deadline: Deadline): RequestInit {
    // A redirect would turn a POST into a GET and drop the credentials: it is reported instead of followed.
    const init = {
      method,
      headers: { ...this.#headers },
      signal: deadline.signal,
      redirect: 'manual' as const,
    };
    if (body !== undefined) {
      return {
        ...init,
        headers: { ...init.headers, 'content-type': 'application/json' },
        body: encodeJson(body),
      };
    }
    if (upload === undefined) return init;
    const opened = upload.open();
    const isBytes = opened instanceof Uint8Array;
    const headers = {
      ...init.headers,
      'content-type': upload.contentType,
      ...(upload.size !== undefined && !isBytes && { 'content-length': String(upload.size) }),
    };
    if (isBytes) return { ...init, headers, body: opened as Uint8Array<ArrayBuffer> };
    return {
      ...init,
      headers,
      body: watched(opened, deadline) as unknown as ReadableStream,
      duplex: 'half',
    } as RequestInit;
  }
}

/** A failure of the caller's own disk or iterable, which no retry fixes. */
class Foreign extends Error {}

function wrapForeign(cause: unknown): never {
  throw new Foreign('not the network', { cause });
}

/** undici hands an error of a body over as the cause of its own. */
function foreignFault(error: unknown): Foreign | undefined {
  if (error instanceof Foreign) return error;
  return error instanceof Error && error.cause !== undefined ? foreignFault(error.cause) : undefined;
}

async function* watched(pieces: AsyncIterable<Uint8Array>, deadline: Deadline): AsyncIterable<Uint8Array> {
  try {
    for await (const piece of pieces) {
      deadline.touch();
      yield piece;
    }
  } catch (cause) {
    wrapForeign(cause);
  }
}

function describe({ method, path }: Exchange): string {
  return `${method} ${path}`;
}

function authorization(auth: Auth | undefined): Record<string, string> {
  if (auth === undefined) return {};
  if ('token' in auth) return { authorization: `Bearer ${checkedHeader(auth.token)}` };
  return { authorization: `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}` };
}

function checkedHeader(token: string): string {
  const trimmed = token.trim();
  if (!/^[\x21-\x7e]+$/.test(trimmed)) {
    throw new MlflowError('the token has characters that no header may hold', {
      cure: 'copy MLFLOW_TRACKING_TOKEN anew',
    });
  }
  return trimmed;
}
