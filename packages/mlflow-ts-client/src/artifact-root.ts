import { fileURLToPath } from 'node:url';
import { MlflowError, quote } from './errors.ts';

/** Where a run keeps its artifacts, as far as this client can reach it. */
export type ArtifactRoot =
  | {
      readonly kind: 'proxy';
      /** Address of the folder, without a trailing slash. */ readonly address: string;
    }
  | { readonly kind: 'folder'; /** Absolute path. */ readonly path: string };

const service = '/api/2.0/mlflow-artifacts/artifacts';

/**
 * @param uri a run's `artifactUri`
 * @param base the tracking server's address
 * @throws MlflowError for clouds and for folders of other machines
 */
export function parseArtifactRoot(uri: string, base: string): ArtifactRoot {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(uri)?.[1]?.toLowerCase();
  if (scheme === 'mlflow-artifacts') {
    const [, host = '', path = ''] = /^mlflow-artifacts:(?:\/\/([^/]*))?\/?(.*)$/i.exec(uri) ?? [];
    const server = host === '' ? base : `${new URL(base).protocol}//${host}`;
    return { kind: 'proxy', address: `${server}${service}/${encodeSegments(decodedPath(uri, path))}` };
  }
  if (scheme === 'http' || scheme === 'https') return { kind: 'proxy', address: uri.replace(/\/+$/, '') };
  if (scheme === 'file') return { kind: 'folder', path: folderOf(uri) };
  if (scheme === undefined && uri.startsWith('/')) return { kind: 'folder', path: uri };
  throw new MlflowError(
    `the server keeps artifacts at ${quote(uri)}, which only MLflow's Python client reaches`,
    {
      cure: 'start the server with `--artifacts-destination <that place>`, so that clients send files through it, and use a new experiment: one keeps its place for good',
    },
  );
}

function decodedPath(uri: string, path: string): string {
  try {
    return decodeURI(path);
  } catch {
    throw new MlflowError(`the artifact address ${quote(uri)} has a % that begins no escape`, {
      cure: 'check the artifact location of the experiment on the server',
    });
  }
}

function folderOf(uri: string): string {
  try {
    return fileURLToPath(uri.replace(/^file:\/\/\.\//, 'file:///'));
  } catch {
    throw new MlflowError(`the server keeps artifacts at ${quote(uri)}, a folder of another machine`, {
      cure: 'start the server with `--artifacts-destination <folder>`, so that clients send files through it, and use a new experiment',
    });
  }
}

/** A path of artifacts as part of an address; each segment is encoded by itself. */
export function encodeSegments(path: string): string {
  return path
    .split('/')
    .map((segment) => encodeURIComponent(segment))
    .join('/');
}

/**
 * A plain relative path with `/` between folders.
 * @throws MlflowError for one that leads elsewhere, or nowhere.
 */
export function checkArtifactPath(path: string): string {
  const bad = path.split('/').some((part) => part === '' || part === '.' || part === '..');
  if (!bad && !/[\\\u0000-\u001f]/.test(path)) return path;
  throw new MlflowError(`artifact path ${quote(path)} is not a plain relative path`, {
    cure: 'write it as folder/name, without a leading slash, and without . or ..',
  });
}

/**
 * What the server's proxy would refuse or mangle: it takes no `#`, and decodes `%ab` once more than it should.
 * @throws MlflowError
 */
export function checkProxiedPath(path: string): void {
  if (!/#|%[0-9a-f]{2}/i.test(path)) return;
  throw new MlflowError(
    `artifact path ${quote(path)}: an MLflow server takes no # in names, and no % before two hex digits`,
    {
      cure: 'rename it; of the two forms of image names, use the one with +',
    },
  );
}
