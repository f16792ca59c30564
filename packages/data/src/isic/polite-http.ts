import { setTimeout as wait } from 'node:timers/promises';
import { MedganError, messageOf } from '@medgan/files';
import type { Rng } from '@medgan/plugin-api';

/** How hard a server is asked. */
export interface Manners {
  /** Milliseconds between the starts of two requests. */
  readonly interval: number;
  /** Attempts after the first. */
  readonly retries: number;
  /** Milliseconds without a byte after which a connection is given up. */
  readonly stall: number;
  /** A server that asks to wait longer (milliseconds) is left alone. */
  readonly longestWait: number;
}

const POLITE: Manners = { interval: 100, retries: 5, stall: 60_000, longestWait: 300_000 };

/** How `PoliteHttp` behaves, and what it draws its randomness and its waits from. */
export interface HttpOptions {
  readonly manners?: Partial<Manners>;
  /** Spreads the retries of many clients. */
  readonly rng: Rng;
  readonly signal?: AbortSignal | undefined;
  /** Injected by tests. */
  readonly sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** Called before each wait of a second or more. */
  readonly onWait?: ((reason: string, milliseconds: number) => void) | undefined;
}

/** Fails for a reason that another attempt may not meet. */
export class PassingFault extends Error {
  /** What the server asked to wait, in milliseconds. */
  readonly wait: number | undefined;
  constructor(message: string, wait?: number) {
    super(message);
    this.wait = wait;
  }
}

/** The server said no, and will again. */
export class Refusal extends Error {
  readonly status: number;
  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

export interface Attempt {
  readonly response: Response;
  /** Bytes of the body, checked for stalls and for the reader's patience. */
  readonly body: () => AsyncIterable<Uint8Array>;
}

/** What to ask for; `state` is handed on to the one who reads the answer. */
export interface Asked<State> {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly state?: State | undefined;
}

const USER_AGENT = 'medgan (research software for GANs on medical images; asks slowly)';
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);
const MAX_REDIRECTS = 5;

/** `Retry-After` in milliseconds: seconds, or a date that is set against the answer's own. */
function retryAfter(headers: Headers): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000;
  const wait = Date.parse(value) - Date.parse(headers.get('date') ?? '');
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

const defaultSleep = async (milliseconds: number, signal?: AbortSignal): Promise<void> => {
  await wait(milliseconds, undefined, signal ? { signal } : {});
};

/**
 * GET requests that space themselves, follow a few redirects within HTTPS (or HTTP, where the first address was), and
 * try again with growing, jittered pauses after a passing fault; `Retry-After` is obeyed.
 */
export class PoliteHttp {
  readonly #manners: Manners;
  readonly #rng: Rng;
  readonly #signal: AbortSignal | undefined;
  readonly #sleep: NonNullable<HttpOptions['sleep']>;
  readonly #onWait: HttpOptions['onWait'];
  #turn: Promise<void> = Promise.resolve();
  #closed: MedganError | undefined;

  constructor(options: HttpOptions) {
    this.#manners = { ...POLITE, ...options.manners };
    this.#rng = options.rng;
    this.#signal = options.signal;
    this.#sleep = options.sleep ?? defaultSleep;
    this.#onWait = options.onWait;
  }

  /** Set once a server asked to be left alone; nothing more is sent then. */
  get closed(): MedganError | undefined {
    return this.#closed;
  }

  /**
   * Runs `work` on the answer to `request`, both again after a passing fault. `work` throws `PassingFault` for a body that is not whole.
   * @throws Refusal for 4xx answers, Error when the attempts are used up, the signal's reason when aborted.
   */
  async get<T, State = undefined>(
    request: () => Promise<Asked<State>> | Asked<State>,
    work: (attempt: Attempt, state: State | undefined) => Promise<T>,
  ): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      await this.#awaitTurn();
      this.#signal?.throwIfAborted();
      if (this.#closed) throw this.#closed;
      const { url, headers, state } = await request();
      try {
        return await this.#once(url, { headers, work: (answer) => work(answer, state) });
      } catch (error) {
        this.#signal?.throwIfAborted();
        if (!(error instanceof PassingFault)) throw error;
        await this.#pause(error, attempt, url);
      }
    }
  }

  /** Requests start one `interval` after another, however many are under way. */
  async #awaitTurn(): Promise<void> {
    const mine = this.#turn;
    this.#turn = mine.then(() => this.#sleep(this.#manners.interval, this.#signal).catch(() => undefined));
    await mine;
  }

  async #pause(fault: PassingFault, attempt: number, url: string): Promise<void> {
    const { retries, longestWait } = this.#manners;
    const host = new URL(url).host;
    if (attempt >= retries) {
      throw new MedganError(`${host}: ${fault.message}, ${retries + 1} times`, {
        cure: 'try again later: what is there already is kept',
        cause: fault,
      });
    }
    const backOff = Math.min(1000 * 2 ** attempt, 60_000) * (0.5 + this.#rng.uniform() / 2);
    const pause = Math.max(fault.wait ?? 0, backOff);
    if (pause > longestWait) {
      this.#closed = new MedganError(`${host} asks to come back in ${Math.ceil(pause / 60_000)} minutes`, {
        cure: 'run it again then: what is there already is kept',
        cause: fault,
      });
      throw this.#closed;
    }
    if (pause >= 1000) this.#onWait?.(`${host}: ${fault.message}`, pause);
    await this.#sleep(pause, this.#signal);
  }

  async #once<T>(
    url: string,
    {
      headers,
      work,
    }: { headers: Readonly<Record<string, string>> | undefined; work: (attempt: Attempt) => Promise<T> },
  ): Promise<T> {
    const stalled = new AbortController();
    const timer = setTimeout(() => stalled.abort(), this.#manners.stall);
    const signal = this.#signal ? AbortSignal.any([this.#signal, stalled.signal]) : stalled.signal;
    try {
      const response = await this.#follow(new URL(url), { headers: { ...headers }, signal });
      if (!response.ok) {
        await response.body?.cancel();
        const answer = `the answer is ${response.status} ${response.statusText}`.trim();
        if (PASSING.has(response.status)) throw new PassingFault(answer, retryAfter(response.headers));
        throw new Refusal(answer, response.status);
      }
      async function* body(): AsyncGenerator<Uint8Array> {
        for await (const chunk of response.body ?? []) {
          timer.refresh();
          yield chunk as Uint8Array;
        }
      }
      return await work({ response, body });
    } catch (error) {
      if (stalled.signal.aborted) throw new PassingFault('the connection stands still');
      throw isBroken(error) ? new PassingFault(brokenBy(error)) : error;
    } finally {
      clearTimeout(timer);
      stalled.abort();
    }
  }

  async #follow(url: URL, init: { headers: Record<string, string>; signal: AbortSignal }): Promise<Response> {
    let at = url;
    for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
      const response = await fetch(at.href, {
        redirect: 'manual',
        signal: init.signal,
        headers: { 'user-agent': USER_AGENT, ...init.headers },
      });
      const location = response.headers.get('location');
      if (response.status < 300 || response.status >= 400 || location === null) return response;
      await response.body?.cancel();
      const next = URL.canParse(location, at.href) ? new URL(location, at) : undefined;
      if (next?.protocol !== 'https:' && next?.protocol !== at.protocol) {
        throw new Refusal(`it leads on to ${location.slice(0, 80)}, which is not followed`, response.status);
      }
      at = next;
    }
    throw new Refusal('it leads on and on', 310);
  }
}

/** What fetch throws for a broken connection: a TypeError with the socket's error in it. */
function isBroken(error: unknown): error is TypeError {
  return (
    error instanceof TypeError && /fetch failed|terminated|network|other side closed/i.test(error.message)
  );
}

function brokenBy(error: TypeError): string {
  const { cause } = error;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  return `the connection broke (${code ?? (cause === undefined ? error.message : messageOf(cause))})`;
}
