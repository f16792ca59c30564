import { readFile } from 'node:fs/promises';
import type { Agent } from 'undici';
import { MlflowError, quote } from './errors.ts';
import type { TlsOptions } from './options.ts';

export interface TlsFetch {
  readonly fetch: typeof fetch;
  close(): Promise<void>;
}

/**
 * A `fetch` that trusts what it is told to trust. Node's own cannot be given certificates, so undici's is loaded, but
 * only then. Undefined where nothing is asked for.
 * @throws MlflowError when `insecure` and `caFile` are both given, as MLflow's own client.
 */
export function tlsFetch(tls: TlsOptions): TlsFetch | undefined {
  const insecure = tls.insecure === true;
  if (insecure && tls.caFile !== undefined) {
    throw new MlflowError(
      'MLFLOW_TRACKING_INSECURE_TLS and MLFLOW_TRACKING_SERVER_CERT_PATH contradict each other',
      {
        cure: 'unset one of them',
      },
    );
  }
  if (!insecure && tls.caFile === undefined && tls.clientCertFile === undefined) return undefined;
  let loaded: Promise<Loaded> | undefined;
  return {
    fetch: async (input, init) => {
      loaded ??= load(tls);
      const { agent, send } = await loaded;
      return send(input, { ...init, dispatcher: agent } as unknown as RequestInit);
    },
    close: async () => {
      await (await loaded?.catch(() => undefined))?.agent.close();
    },
  };
}

interface Loaded {
  readonly agent: Agent;
  readonly send: typeof fetch;
}

async function load(tls: TlsOptions): Promise<Loaded> {
  const undici = await import('undici');
  const client = await readPem(tls.clientCertFile, 'MLFLOW_TRACKING_CLIENT_CERT_PATH');
  const ca = await readPem(tls.caFile, 'MLFLOW_TRACKING_SERVER_CERT_PATH');
  const agent = new undici.Agent({
    connect: {
      rejectUnauthorized: tls.insecure !== true,
      ...(ca !== undefined && { ca }),
      ...(client !== undefined && { cert: client, key: client }),
    },
  });
  return { agent, send: undici.fetch as unknown as typeof fetch };
}

async function readPem(path: string | undefined, variable: string): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new MlflowError(`certificate ${quote(path)} cannot be read`, { cure: `check ${variable}`, cause });
  }
}
