import type { MlflowClientOptions } from './options.ts';
import { Retrier } from './retry.ts';
import { Transport } from './transport.ts';
import type { Exchange, Query } from './transport.ts';
import type { CallOptions } from './types.ts';
import type { Wire } from './wire.ts';

const api = '/api/2.0/mlflow';

/** How an operation is found again whose reply was lost: what it made, or undefined to send it once more. */
export interface Repeat<T> {
  readonly call: CallOptions;
  readonly settle?: () => Promise<T | undefined>;
}

/** The server's REST API with retries; what the parts of the client share. */
export class Connection {
  readonly transport: Transport;
  readonly retrier: Retrier;

  constructor(options: MlflowClientOptions) {
    this.transport = new Transport(options);
    this.retrier = new Retrier(options);
  }

  /** A read; repeated freely. `path` is below `/api/2.0/mlflow`. */
  async get(path: string, query: Query, call: CallOptions): Promise<Wire> {
    return this.#run({ method: 'GET', path: api + path, query }, { call });
  }

  /** A write, or a search. Without `settle` it must be one that does no harm when done twice. */
  async post(path: string, body: Wire, repeat: Repeat<Wire>): Promise<Wire> {
    return this.#run({ method: 'POST', path: api + path, body }, repeat);
  }

  /** A change of what is there; doing it twice does no harm. */
  async patch(path: string, body: Wire, call: CallOptions): Promise<Wire> {
    return this.#run({ method: 'PATCH', path: api + path, body }, { call });
  }

  /** A single attempt: for `settle`, which stands inside the retries of its operation. */
  async getOnce(path: string, query: Query, call: CallOptions): Promise<Wire> {
    return this.transport.json({ method: 'GET', path: api + path, query }, call);
  }

  async postOnce(path: string, body: Wire, call: CallOptions): Promise<Wire> {
    return this.transport.json({ method: 'POST', path: api + path, body }, call);
  }

  async #run(exchange: Exchange, { call, settle }: Repeat<Wire>): Promise<Wire> {
    const { method, path } = exchange;
    return this.retrier.run(
      { method, path, attempt: () => this.transport.json(exchange, call), ...(settle && { settle }) },
      call.signal,
    );
  }
}
