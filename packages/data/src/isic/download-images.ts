import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder, MedganError, messageOf, takeLock } from '@medgan/files';
import { forEachBounded } from '../for-each-bounded.ts';
import type { IsicArchive } from './archive-client.ts';
import type { ArchiveImage, ArchivePage } from './archive-types.ts';
import { downloadFile, sha256Of, type WholeFile } from './download-file.ts';
import { completeImages, recordComplete, type DownloadRequest } from './download-record.ts';
import type { ManifestEntry } from './manifest-entry.ts';
import { Manifest } from './manifest.ts';
import { Refusal, type PoliteHttp } from './polite-http.ts';

/** How far a download has come. */
export interface DownloadProgress {
  /** Images that are here or have failed. */
  readonly done: number;
  readonly total: number;
  /** Bytes fetched in this call. */
  readonly bytes: number;
}

/** Where images come from, where they go, and what is checked on the way. */
export interface DownloadOptions {
  readonly http: PoliteHttp;
  readonly archive: IsicArchive;
  readonly dir: string;
  /** Files under way at once. */
  readonly concurrency: number;
  /** Larger files are refused. */
  readonly maxBytes: number;
  /** Compare what is here with its checksum, instead of its length. */
  readonly verify?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Called after every image. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

/** What a download left behind. */
export interface DownloadResult {
  /** The images of the request that are here, by id. */
  readonly images: readonly ManifestEntry[];
  readonly fetched: number;
  readonly bytes: number;
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
}

/** So many failures in a row are no matter of single images. */
const HOPELESS = 10;
const PARTS = '.isic-parts';
/** Addresses of files are signed for some hours; these answers say that they are no longer valid. */
const EXPIRED = new Set([400, 401, 403, 404, 410]);

/** A value of the metadata as the name of a folder, on every system. */
export function folderName(value: ArchiveImage['metadata'][string] | undefined): string {
  const plain = String(value ?? '')
    .normalize('NFC')
    .replace(/[\u0000-\u001f\u007f<>:"/\\|?*]/g, '_')
    .replace(/^[.\s]+|[.\s]+$/g, '')
    .slice(0, 100)
    .trim();
  if (plain === '') return 'unknown';
  return /^(con|prn|aux|nul|com\d|lpt\d|__macosx)$/i.test(plain) ? `_${plain}` : plain;
}

function isWanted(image: ArchiveImage, { licences, attribution }: DownloadRequest): boolean {
  const plain = (text: string): string => text.toLowerCase();
  return (
    (licences.length === 0 || licences.some((licence) => plain(licence) === plain(image.licence))) &&
    (attribution === undefined || plain(image.attribution).includes(plain(attribution)))
  );
}

/** One download into one folder. */
class Download {
  readonly #request: DownloadRequest;
  readonly #options: DownloadOptions;
  readonly #manifest: Manifest;
  readonly #failed: { id: string; reason: string }[] = [];
  readonly #chosen = new Set<string>();
  #done = 0;
  #total = 0;
  #fetched = 0;
  #bytes = 0;
  #failuresInARow = 0;

  constructor(request: DownloadRequest, options: DownloadOptions, manifest: Manifest) {
    this.#request = request;
    this.#options = options;
    this.#manifest = manifest;
  }

  #report(): void {
    this.#options.onProgress?.({ done: this.#done, total: this.#total, bytes: this.#bytes });
  }

  /** The images of a page that are wanted and not yet seen, up to the count. */
  #choose({ images, total }: ArchivePage): ArchiveImage[] {
    const { count = Infinity } = this.#request;
    if (total !== undefined) this.#total = Math.min(total, count);
    const chosen: ArchiveImage[] = [];
    for (const image of images) {
      if (this.#chosen.size >= count) break;
      if (this.#chosen.has(image.id) || !isWanted(image, this.#request)) continue;
      this.#chosen.add(image.id);
      chosen.push(image);
    }
    return chosen;
  }

  async run(): Promise<DownloadResult> {
    const { archive, concurrency, signal } = this.#options;
    const { count = Infinity } = this.#request;
    // A page is not larger than it need be, unless images of it will be passed over.
    const every = this.#request.licences.length === 0 && this.#request.attribution === undefined;
    try {
      for await (const page of archive.pages(this.#request, every ? Math.min(count, 100) : 100)) {
        const chosen = this.#choose(page);
        await forEachBounded(chosen, { limit: concurrency, signal }, (image) => this.#bring(image));
        if (this.#chosen.size >= count) break;
      }
    } finally {
      await this.#manifest.save();
    }
    const ids = [...this.#chosen].sort();
    if (this.#failed.length === 0) {
      // Where nothing fits today, something may tomorrow.
      if (ids.length > 0) await recordComplete(this.#manifest.dir, { request: this.#request, ids });
      await rm(join(this.#manifest.dir, PARTS), { recursive: true, force: true });
    }
    this.#total = this.#done;
    this.#report();
    return {
      images: ids.flatMap((id) => this.#manifest.get(id) ?? []),
      fetched: this.#fetched,
      bytes: this.#bytes,
      failed: this.#failed,
    };
  }

  async #bring(image: ArchiveImage): Promise<void> {
    try {
      if (!(await this.#keep(image))) await this.#fetch(image);
      this.#failuresInARow = 0;
    } catch (error) {
      const { http, signal } = this.#options;
      signal?.throwIfAborted();
      if (http.closed) throw http.closed;
      if (!(error instanceof Refusal) && !(error instanceof MedganError)) throw error;
      const reason = messageOf(error).split('\n')[0]!;
      this.#failed.push({ id: image.id, reason });
      if (++this.#failuresInARow >= HOPELESS) {
        throw new MedganError(
          `ISIC archive: ${HOPELESS} images failed one after the other, ${image.id}: ${reason}`,
          {
            cure: 'check the connection and run it again: what is there already is kept',
            cause: error,
          },
        );
      }
    }
    this.#done++;
    this.#report();
  }

  #fileFor(image: ArchiveImage, ending: string): string {
    const { classBy } = this.#request;
    const name = `${image.id}${ending}`;
    return classBy === undefined ? name : `${folderName(image.metadata[classBy])}/${name}`;
  }

  /** Gives a file its name. @throws Error when another file has it that no download wrote. */
  async #place(from: string, file: string): Promise<void> {
    const path = join(this.#manifest.dir, file);
    const isOurs = this.#manifest.entries.some((entry) => entry.file === file);
    // A download that was killed may have placed the file and not noted it: then the content is the same.
    if (!isOurs && existsSync(path) && (await sha256Of(path)) !== (await sha256Of(from)))
      throw new Refusal(
        `${file} is there already, with other content; move it or download into another folder`,
        0,
      );
    await makeFolder(dirname(path));
    await rename(from, path);
  }

  /** Whether the image is here already; it is moved when its folder is another now. */
  async #keep(image: ArchiveImage): Promise<boolean> {
    const { dir } = this.#manifest;
    const entry = this.#manifest.get(image.id);
    if (!entry || !(await this.#manifest.holds(entry, this.#options))) return false;
    if (entry.size !== this.#request.size) {
      throw new MedganError(`${dir} holds the ${entry.size} of ${image.id}, not the ${this.#request.size}`, {
        cure: 'download into another folder',
      });
    }
    const file = this.#fileFor(image, entry.file.slice(entry.file.lastIndexOf('.')));
    if (file !== entry.file) {
      await this.#place(join(dir, entry.file), file);
      await this.#manifest.add({ ...entry, file });
    }
    return true;
  }

  async #fetch(image: ArchiveImage): Promise<void> {
    const { dir } = this.#manifest;
    const part = join(dir, PARTS, `${image.id}-${this.#request.size}.part`);
    const whole = await this.#receive(image, part).catch(async (error: unknown) => {
      if (!(error instanceof Refusal && EXPIRED.has(error.status))) throw error;
      return this.#receive(await this.#options.archive.image(image.id), part);
    });
    const file = this.#fileFor(image, whole.ending);
    await this.#place(part, file);
    this.#fetched++;
    this.#bytes += whole.bytes;
    await this.#manifest.add({
      id: image.id,
      file,
      size: this.#request.size,
      bytes: whole.bytes,
      sha256: whole.sha256,
      licence: image.licence,
      attribution: image.attribution,
      metadata: image.metadata,
    });
  }

  async #receive(image: ArchiveImage, part: string): Promise<WholeFile> {
    const { url, bytes } = image.files[this.#request.size];
    const { http, archive, maxBytes } = this.#options;
    if (!archive.allowsFile(url)) throw new Refusal(`its address is refused: ${url.slice(0, 80)}`, 0);
    return downloadFile(http, { url, bytes, part, maxBytes });
  }
}

/**
 * Brings the images of a request into a folder: `<id>.jpg`, or `<class>/<id>.jpg`, with `manifest.jsonl`,
 * `metadata.csv`, `ATTRIBUTION.csv` and `LICENSES.md`. What is there is kept, what broke off goes on; a request that was
 * completed asks the archive nothing. Single images that fail are in the result.
 * @throws MedganError when the archive cannot be asked, or ten images fail one after the other; the signal's reason when
 * aborted. All that arrived by then is on record.
 */
export async function downloadImages(
  request: DownloadRequest,
  options: DownloadOptions,
): Promise<DownloadResult> {
  const { dir } = options;
  const lock = await takeLock(join(dir, '.isic.lock'));
  if ('holder' in lock) {
    throw new MedganError(`${dir}: another download is under way here (process ${lock.holder.pid})`, {
      cure: 'wait for it, or choose another folder',
    });
  }
  try {
    const manifest = await Manifest.open(dir);
    const here = await completeImages(manifest, request, options);
    if (here) return { images: here, fetched: 0, bytes: 0, failed: [] };
    return await new Download(request, options, manifest).run();
  } finally {
    await lock.release();
  }
}
