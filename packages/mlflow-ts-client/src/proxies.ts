import { MlflowError } from './errors.ts';

/** Proxies by the scheme of the address asked for, as the variables HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY. */
export interface ProxyOptions {
  /** Proxy for `http:` addresses, such as `http://proxy.example.org:3128`; it may hold user and password. */
  readonly http?: string;
  /** Proxy for `https:` addresses. */
  readonly https?: string;
  /** Hosts asked directly, separated by commas: `example.org` with its subdomains, `host:port`, or `*` for all. */
  readonly except?: string;
}

/** The proxies that an environment names: lower case wins over upper case, as in curl. Undefined if there is none. */
export function proxiesFrom(env: Readonly<Record<string, string | undefined>>): ProxyOptions | undefined {
  const read = (name: string): string | undefined => env[name.toLowerCase()] || env[name] || undefined;
  const http = read('HTTP_PROXY') ?? read('ALL_PROXY');
  const https = read('HTTPS_PROXY') ?? read('ALL_PROXY');
  if (http === undefined && https === undefined) return undefined;
  const except = read('NO_PROXY');
  return {
    ...(http !== undefined && { http }),
    ...(https !== undefined && { https }),
    ...(except !== undefined && { except }),
  };
}

/**
 * The proxy to ask for an address; undefined to ask the host itself. This machine (loopback) is never asked through a proxy.
 * @throws MlflowError if the proxy is not an http address
 */
export function proxyFor(address: URL, proxies: ProxyOptions): URL | undefined {
  const proxy = address.protocol === 'https:' ? proxies.https : proxies.http;
  if (proxy === undefined || isLoopback(address.hostname) || isExcepted(address, proxies.except ?? '')) {
    return undefined;
  }
  const written = /^[a-z][a-z0-9+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  const variable = address.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  throw new MlflowError(`${variable} does not name an http proxy`, {
    cure: `set ${variable} to http://host:port, or list ${address.hostname} in NO_PROXY`,
  });
}

export function isLoopback(hostname: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

function isExcepted(address: URL, except: string): boolean {
  const port = address.port || (address.protocol === 'https:' ? '443' : '80');
  return except.split(/[\s,]+/).some((entry) => {
    if (entry === '') return false;
    if (entry === '*') return true;
    const [, name = '', only] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
    if (only !== undefined && only !== port) return false;
    const domain = name.toLowerCase().replace(/^\*?\./, '');
    return address.hostname === domain || address.hostname.endsWith(`.${domain}`);
  });
}
