import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from '@medgan/files';
import { endingOf, looksLike } from './image-bytes.ts';
import { PassingFault, Refusal, type Attempt, type PoliteHttp } from './polite-http.ts';

export interface FileRequest {
  readonly url: string;
  /** What the archive says the file has; 0 = unknown. */
  readonly bytes: number;
  /** Where the unfinished file lies; beside it, in `.etag`, which version it is of. */
  readonly part: string;
  readonly maxBytes: number;
}

/** A whole file, still under its unfinished name. */
export interface WholeFile {
  readonly bytes: number;
  readonly sha256: string;
  readonly ending: string;
}

interface Begun {
  readonly bytes: number;
  readonly etag: string;
}

/** The part that is there, when a server can say whether it is still of the same file. */
async function begun(part: string): Promise<Begun | undefined> {
  try {
    const [{ size }, etag] = await Promise.all([stat(part), readFile(`${part}.etag`, 'utf8')]);
    return size > 0 && /^"[^"\r\n]*"$/.test(etag) ? { bytes: size, etag } : undefined;
  } catch {
    return undefined;
  }
}

async function forget(part: string): Promise<void> {
  await rm(part, { force: true });
  await rm(`${part}.etag`, { force: true });
}

function tooLarge({ maxBytes }: FileRequest): Refusal {
  return new Refusal(`the file is larger than ${Math.round(maxBytes / 1e6)} MB`, 413);
}

/** Bytes the whole file has by the answer's own account, undefined where it does not say. */
function wholeLength({ headers }: Response, offset: number): number | undefined {
  const length = headers.get('content-length');
  // The length of a compressed body says nothing of what comes out.
  if (length === null || !/^\d+$/.test(length) || headers.has('content-encoding')) return undefined;
  return offset + Number(length);
}

/** Whether the answer goes on from `former`. */
function goesOn({ status, headers }: Response, former: Begun | undefined): boolean {
  if (status !== 206) return false;
  const start = /^bytes (\d+)-/.exec(headers.get('content-range') ?? '')?.[1];
  if (former !== undefined && Number(start) === former.bytes) return true;
  throw new PassingFault('the answer is another part than was asked for');
}

async function receive(
  { response, body }: Attempt,
  { request, former }: { request: FileRequest; former: Begun | undefined },
): Promise<void> {
  const { part } = request;
  const append = goesOn(response, former);
  const offset = append ? former!.bytes : 0;
  const length = wholeLength(response, offset);
  if ((length ?? 0) > request.maxBytes) throw tooLarge(request);
  await makeFolder(dirname(part));
  if (!append) {
    const etag = response.headers.get('etag');
    await forget(part);
    if (etag !== null) await writeFile(`${part}.etag`, etag);
  }
  const file = await open(part, append ? 'a' : 'w');
  let bytes = offset;
  try {
    for await (const chunk of body()) {
      bytes += chunk.length;
      if (bytes > request.maxBytes) throw tooLarge(request);
      await file.write(chunk);
    }
  } finally {
    await file.close();
  }
  if (length !== undefined && bytes !== length)
    throw new PassingFault(`cut off after ${bytes} of ${length} bytes`);
}

async function digest(path: string): Promise<{ sha256: string; bytes: number; head: Uint8Array }> {
  const hash = createHash('sha256');
  let bytes = 0;
  let head = new Uint8Array();
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    if (bytes === 0) head = Uint8Array.from(chunk.subarray(0, 64));
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { sha256: hash.digest('hex'), bytes, head };
}

/** sha256 (hex) of a file. */
export async function sha256Of(path: string): Promise<string> {
  return (await digest(path)).sha256;
}

/**
 * Fetches a file into `part`, going on from what is there when the server still has the same version of it (`ETag`,
 * `If-Range`), and checks that it is whole, not too large, and an image.
 * @throws Refusal when it is refused, too large or no image; MedganError when it fails again and again.
 */
export async function downloadFile(http: PoliteHttp, request: FileRequest): Promise<WholeFile> {
  const { part, url } = request;
  for (let fresh = false; ; fresh = true) {
    try {
      await http.get(
        async () => {
          const former = await begun(part);
          const headers = former && { range: `bytes=${former.bytes}-`, 'if-range': former.etag };
          return { url, ...(headers ? { headers } : {}), state: former };
        },
        (attempt, former) => receive(attempt, { request, former }),
      );
    } catch (error) {
      // The part is as long as the file, or longer: it cannot be gone on from.
      const outrun = error instanceof Refusal && error.status === 416 && !fresh;
      if (error instanceof Refusal) await forget(part);
      if (!outrun) throw error;
      continue;
    }
    const { sha256, bytes, head } = await digest(part);
    const ending = endingOf(head);
    const right = request.bytes === 0 || bytes === request.bytes;
    if (ending !== undefined && right) {
      await rm(`${part}.etag`, { force: true });
      return { bytes, sha256, ending };
    }
    await forget(part);
    // A file that was pieced together may be wrong where a fresh one is not.
    if (!fresh) continue;
    if (ending === undefined) throw new Refusal(`it is no image but ${looksLike(head)}`, 415);
    throw new Refusal(`it has ${bytes} bytes where the archive says ${request.bytes}`, 409);
  }
}
