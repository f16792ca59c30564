import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { checkArtifactPath, checkProxiedPath, encodeSegments, parseArtifactRoot } from './artifact-root.ts';
import { replaceAtomically } from './atomic-file.ts';
import type { Connection } from './connection.ts';
import { contentTypeOf } from './content-type.ts';
import { MlflowError, quote } from './errors.ts';
import { FolderArtifacts } from './folder-artifacts.ts';
import { checkRunId } from './names.ts';
import { paged } from './paging.ts';
import type { Runs } from './runs.ts';
import type { Upload } from './transport.ts';
import type { ArtifactFile, CallOptions, Run, RunInfo } from './types.ts';
import { toArtifactFile } from './wire.ts';

/** A run's id; or the run itself, which saves a request for its artifact address. */
export type OfRun = string | Run | RunInfo;

/** What has files: a run, or a logged model. */
export type HasFiles = OfRun | { readonly artifactUri: string };

/** Files of a run: through the server's proxy (`mlflow-artifacts:`), or in a folder that both can reach (`file:`). */
export class Artifacts {
  readonly #connection: Connection;
  readonly #runs: Runs;

  constructor(connection: Connection, runs: Runs) {
    this.#connection = connection;
    this.#runs = runs;
  }

  /** The files of one folder; of the topmost by default. */
  async *list(
    run: OfRun,
    path?: string,
    call: CallOptions = {},
  ): AsyncGenerator<ArtifactFile, void, undefined> {
    if (path !== undefined) checkArtifactPath(path);
    const runId = idOf(run);
    const pages = paged('files', (pageToken) =>
      this.#connection.get('/artifacts/list', { run_id: runId, path, page_token: pageToken }, call),
    );
    for await (const wire of pages) yield toArtifactFile(wire);
  }

  /**
   * Copies a file of this machine to the artifacts.
   * @param file.from a file on this machine
   * @param file.to its path among the artifacts, with its name; a file that is there is replaced
   */
  async uploadFile(run: HasFiles, file: { from: string; to: string }, call: CallOptions = {}): Promise<void> {
    const size = await sizeOf(file.from);
    const open = () => createReadStream(file.from);
    await this.#upload(
      run,
      { to: file.to, upload: { open, contentType: contentTypeOf(file.to), size } },
      call,
    );
  }

  /** Writes bytes, or text as UTF-8, to `file.to`; without `contentType`, the type follows from the name. */
  async uploadBytes(
    run: HasFiles,
    file: { bytes: Uint8Array | string; to: string; contentType?: string },
    call: CallOptions = {},
  ): Promise<void> {
    const bytes = typeof file.bytes === 'string' ? new TextEncoder().encode(file.bytes) : file.bytes;
    const contentType = file.contentType ?? contentTypeOf(file.to);
    const upload = { open: () => bytes, contentType, size: bytes.byteLength };
    await this.#upload(run, { to: file.to, upload }, call);
  }

  /**
   * Writes a stream to `file.to` without holding all of it in memory.
   * @param file.open called for each attempt, because a stream can be read only once
   */
  async uploadStream(
    run: HasFiles,
    file: { open: () => AsyncIterable<Uint8Array>; to: string; contentType?: string; size?: number },
    call: CallOptions = {},
  ): Promise<void> {
    const contentType = file.contentType ?? contentTypeOf(file.to);
    await this.#upload(run, { to: file.to, upload: { open: file.open, contentType, size: file.size } }, call);
  }

  /** The whole content of one artifact, in memory; `downloadTo` is for large ones. */
  async download(run: HasFiles, path: string, call: CallOptions = {}): Promise<Uint8Array> {
    const from = await this.#place(run, path, call);
    if (from.folder) return from.folder.read(path);
    return this.#connection.retrier.run(
      {
        method: 'GET',
        path,
        attempt: async () => {
          const pieces: Uint8Array[] = [];
          const take = (piece: Uint8Array) => Promise.resolve(void pieces.push(piece));
          await this.#connection.transport.stream({ method: 'GET', path: from.address }, { ...call, take });
          return new Uint8Array(Buffer.concat(pieces));
        },
      },
      call.signal,
    );
  }

  /** Into a file on this machine, which is replaced only after everything was received. */
  async downloadTo(run: HasFiles, file: { path: string; to: string }, call: CallOptions = {}): Promise<void> {
    const from = await this.#place(run, file.path, call);
    if (from.folder) return from.folder.copyTo(file.path, file.to);
    const exchange = { method: 'GET', path: from.address } as const;
    await this.#connection.retrier.run(
      {
        method: 'GET',
        path: file.path,
        attempt: () =>
          replaceAtomically(file.to, (take) =>
            this.#connection.transport.stream(exchange, { ...call, take }),
          ),
      },
      call.signal,
    );
  }

  /** Deletes an artifact for good. */
  async delete(run: HasFiles, path: string, call: CallOptions = {}): Promise<void> {
    const at = await this.#place(run, path, call);
    if (at.folder) return at.folder.remove(path);
    const exchange = { method: 'DELETE', path: at.address } as const;
    const attempt = () => this.#connection.transport.text(exchange, call);
    await this.#connection.retrier.run({ method: 'DELETE', path, attempt }, call.signal);
  }

  async #upload(run: HasFiles, file: { to: string; upload: Upload }, call: CallOptions): Promise<void> {
    const { to, upload } = file;
    const place = await this.#place(run, to, call);
    if (place.folder) return place.folder.write(to, upload.open());
    const exchange = { method: 'PUT', path: place.address, upload } as const;
    const attempt = () => this.#connection.transport.text(exchange, call);
    await this.#connection.retrier.run({ method: 'PUT', path: to, attempt }, call.signal);
  }

  async #place(run: HasFiles, path: string, call: CallOptions): Promise<Place> {
    checkArtifactPath(path);
    const uri =
      typeof run === 'string'
        ? (await this.#runs.get(run, call)).info.artifactUri
        : 'info' in run
          ? run.info.artifactUri
          : run.artifactUri;
    const base = this.#connection.transport.base;
    const root = parseArtifactRoot(uri, base);
    if (root.kind === 'folder') return { folder: await FolderArtifacts.open(root.path, base) };
    checkProxiedPath(path);
    return { folder: undefined, address: `${root.address}/${encodeSegments(path)}` };
  }
}

type Place = { readonly folder: FolderArtifacts } | { readonly folder: undefined; readonly address: string };

function infoOf(run: Run | RunInfo): RunInfo {
  return 'info' in run ? run.info : run;
}

function idOf(run: OfRun): string {
  const id = typeof run === 'string' ? run : infoOf(run).runId;
  checkRunId(id);
  return id;
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new MlflowError(`${quote(path)} cannot be uploaded: it cannot be read`, {
      cure: 'check the path',
      cause,
    });
  });
  if (!found.isFile())
    throw new MlflowError(`${quote(path)} cannot be uploaded: it is not a file`, { cure: 'name a file' });
  return found.size;
}
