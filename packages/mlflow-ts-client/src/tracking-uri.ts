import { MlflowError, quote } from './errors.ts';
import type { Auth } from './options.ts';

export interface TrackingServer {
  /** Without a trailing slash, without credentials. */
  readonly base: string;
  /** Credentials in the address itself. */
  readonly auth: Auth | undefined;
}

const start =
  'start a server (`mlflow server --backend-store-uri sqlite:///mlflow.db`) and name it: http://127.0.0.1:5000';

/**
 * Checks that an address is one that a client outside Python can use.
 * @throws MlflowError for databases, folders and Databricks profiles, with what to do instead
 */
export function parseTrackingUri(uri: string): TrackingServer {
  const trimmed = uri.trim();
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(trimmed)?.[1]?.toLowerCase();
  if (trimmed === '') throw refuse('the tracking URI is empty', start);
  if (trimmed === 'databricks' || scheme === 'databricks' || scheme === 'databricks-uc' || scheme === 'uc') {
    throw refuse(
      `tracking URI ${quote(trimmed)}: Databricks profiles are read by MLflow's Python client alone`,
      'name the workspace itself, https://<workspace>, and set MLFLOW_TRACKING_TOKEN',
    );
  }
  if (scheme !== undefined && /^(sqlite|mysql|postgresql|postgres|mssql)(\+|$)/.test(scheme)) {
    throw refuse(
      `tracking URI ${scheme}://…: a database is reached through a server only`,
      databaseCure(trimmed, scheme),
    );
  }
  if (/^[a-z0-9.-]+:\d+(\/|$)/i.test(trimmed)) {
    throw refuse(`tracking URI ${quote(trimmed)} has no scheme`, `write it as http://${trimmed}`);
  }
  if (scheme === 'file' || scheme === undefined || /^[a-z]$/.test(scheme)) {
    throw refuse(`tracking URI ${quote(trimmed)}: a folder is not a server`, start);
  }
  if (scheme !== 'http' && scheme !== 'https') {
    throw refuse(`tracking URI ${quote(withoutSecrets(trimmed))}: ${scheme}: is not supported`, start);
  }
  return parseHttp(trimmed);
}

function parseHttp(uri: string): TrackingServer {
  if (!URL.canParse(uri)) {
    throw refuse(
      `tracking URI ${quote(withoutSecrets(uri))} is not an address`,
      'write it as http://host:port',
    );
  }
  const url = new URL(uri);
  const auth =
    url.username === ''
      ? undefined
      : {
          username: decodedCredential('user name', url.username),
          password: decodedCredential('password', url.password),
        };
  return { base: `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`, auth };
}

/** @throws MlflowError, which does not show the credential, for a `%` that begins no escape */
function decodedCredential(what: 'user name' | 'password', text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    const variable = what === 'password' ? 'MLFLOW_TRACKING_PASSWORD' : 'MLFLOW_TRACKING_USERNAME';
    throw refuse(
      `the ${what} in the tracking URI has a % that begins no escape`,
      `write it as %25, or set ${variable} and leave credentials out of the URI`,
    );
  }
}

function databaseCure(uri: string, scheme: string): string {
  const shown = scheme.startsWith('sqlite') ? uri : `${scheme}://…`;
  return `run \`mlflow server --backend-store-uri ${shown}\` and name it: http://127.0.0.1:5000`;
}

function withoutSecrets(uri: string): string {
  return uri.replace(/\/\/[^/@]*@/, '//');
}

function refuse(what: string, cure: string): MlflowError {
  return new MlflowError(what, { cure });
}
