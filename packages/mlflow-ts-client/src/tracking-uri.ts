import { MlflowError, quote } from './errors.ts';
import type { Auth } from './options.ts';

export interface TrackingServer {
  /** Without a trailing slash, without credentials. */
  readonly base: string;
  /** What the address itself brought along. */
  readonly auth: Auth | undefined;
}

const start =
  'start a server (`mlflow server --backend-store-uri sqlite:///mlflow.db`) and name it: http://127.0.0.1:5000';

/**
 * Checks that an address is one a client outside Python can talk to.
 * @throws MlflowError for databases, folders and Databricks profiles, saying what to do instead.
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
  if (scheme === 'file' || scheme === undefined || /^[a-z]$/.test(scheme)) {
    throw refuse(`tracking URI ${quote(trimmed)}: a folder is not a server`, start);
  }
  if (scheme !== 'http' && scheme !== 'https') {
    throw refuse(`tracking URI ${quote(withoutSecrets(trimmed))}: ${scheme}: is not spoken here`, start);
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
      : { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  return { base: `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`, auth };
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
