import { readFile } from 'node:fs/promises';
import type * as undici from 'undici';
import { MlflowError, quote } from './errors.ts';
import type { TlsOptions } from './options.ts';
import { proxyFor, type ProxyOptions } from './proxies.ts';

export interface NetworkFetch {
  readonly fetch: typeof fetch;
  close(): Promise<void>;
}

/**
 * A `fetch` with certificates or through a proxy. Node 20's own `fetch` takes neither, so undici's is loaded, but only
 * if one of them is asked for. Undefined if none is.
 * @throws MlflowError if `insecure` and `caFile` are both given, as MLflow's own client does
 */
export function networkFetch(tls: TlsOptions, proxies: ProxyOptions | undefined): NetworkFetch | undefined {
  const insecure = tls.insecure === true;
  if (insecure && tls.caFile !== undefined) {
    throw new MlflowError(
      'MLFLOW_TRACKING_INSECURE_TLS and MLFLOW_TRACKING_SERVER_CERT_PATH contradict each other',
      { cure: 'unset one of them' },
    );
  }
  const needsTls = insecure || tls.caFile !== undefined || tls.clientCertFile !== undefined;
  if (!needsTls && proxies === undefined) return undefined;
  let loaded: Promise<Network> | undefined;
  return {
    fetch: async (input, init) => {
      loaded ??= Network.load(tls, proxies ?? {});
      return (await loaded).fetch(input, init);
    },
    close: async () => {
      await (await loaded?.catch(() => undefined))?.close();
    },
  };
}

type Undici = Pick<typeof undici, 'Agent' | 'ProxyAgent' | 'fetch'>;

interface Certificates {
  readonly rejectUnauthorized: boolean;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Dispatchers for direct connections and for each proxy, made when first needed. */
class Network {
  readonly #undici: Undici;
  readonly #certificates: Certificates;
  readonly #proxies: ProxyOptions;
  readonly #dispatchers = new Map<string, undici.Dispatcher>();

  private constructor(library: Undici, certificates: Certificates, proxies: ProxyOptions) {
    this.#undici = library;
    this.#certificates = certificates;
    this.#proxies = proxies;
  }

  static async load(tls: TlsOptions, proxies: ProxyOptions): Promise<Network> {
    const client = await readPem(tls.clientCertFile, 'MLFLOW_TRACKING_CLIENT_CERT_PATH');
    const ca = await readPem(tls.caFile, 'MLFLOW_TRACKING_SERVER_CERT_PATH');
    const certificates = {
      rejectUnauthorized: tls.insecure !== true,
      ...(ca !== undefined && { ca }),
      ...(client !== undefined && { cert: client, key: client }),
    };
    return new Network(await import('undici'), certificates, proxies);
  }

  fetch(input: Parameters<typeof fetch>[0], init: RequestInit | undefined): Promise<Response> {
    const address = new URL(input instanceof Request ? input.url : input);
    const dispatcher = this.#dispatcherFor(address);
    const send = this.#undici.fetch as unknown as typeof fetch;
    return send(input, { ...init, dispatcher } as unknown as RequestInit);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#dispatchers.values()].map((dispatcher) => dispatcher.close()));
  }

  #dispatcherFor(address: URL): undici.Dispatcher {
    const proxy = proxyFor(address, this.#proxies);
    const key = proxy === undefined ? 'direct' : `${address.protocol}${proxy.href}`;
    const known = this.#dispatchers.get(key);
    if (known) return known;
    const made = this.#make(address, proxy);
    this.#dispatchers.set(key, made);
    return made;
  }

  #make(address: URL, proxy: URL | undefined): undici.Dispatcher {
    const { Agent, ProxyAgent } = this.#undici;
    if (proxy === undefined) return new Agent({ connect: this.#certificates });
    if (address.protocol === 'http:') return throughHttpProxy(new Agent(), proxy);
    const token = proxyAuthorization(proxy);
    return new ProxyAgent({
      uri: `${proxy.protocol}//${proxy.host}`,
      requestTls: this.#certificates,
      ...(token !== undefined && { token }),
    });
  }
}

/**
 * Requests to `http:` addresses by the proxy's own rules: the whole address as the path. undici's ProxyAgent would open a
 * tunnel (CONNECT), which proxies allow for port 443 only.
 */
function throughHttpProxy(agent: undici.Dispatcher, proxy: URL): undici.Dispatcher {
  const token = proxyAuthorization(proxy);
  return agent.compose((dispatch) => (options, handler) => {
    const target = new URL(String(options.origin));
    const headers = {
      ...(options.headers as Record<string, string>),
      host: target.host,
      ...(token !== undefined && { 'proxy-authorization': token }),
    };
    const path = `${target.origin}${options.path}`;
    return dispatch({ ...options, origin: `${proxy.protocol}//${proxy.host}`, path, headers }, handler);
  });
}

function proxyAuthorization({ username, password }: URL): string | undefined {
  if (username === '') return undefined;
  const plain = [username, password].map(decoded).join(':');
  return `Basic ${Buffer.from(plain).toString('base64')}`;
}

/** A part of an address without its escapes; as it stands if it has a `%` that begins none. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

async function readPem(path: string | undefined, variable: string): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new MlflowError(`certificate ${quote(path)} cannot be read`, { cure: `check ${variable}`, cause });
  }
}
