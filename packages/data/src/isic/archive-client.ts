import { MedganError, messageOf } from '@medgan/files';
import { parseImage, parsePage, type ArchiveImage, type ArchivePage } from './archive-types.ts';
import { PassingFault, Refusal, type Attempt, type PoliteHttp } from './polite-http.ts';

/** The public archive of the International Skin Imaging Collaboration. */
export const ISIC_API = 'https://api.isic-archive.com/api/v2/';

/** The archive gives no more in one page. */
const PAGE = 100;
/** A page of 100 images is about 150 kB. */
const MAX_JSON_BYTES = 32 * 1024 * 1024;

/** Which images of the archive are meant: those that match the query and lie in one of the collections. */
export interface Search {
  /** `diagnosis_1:"Malignant" AND age_approx:[40 TO 60]`; '' = every image. */
  readonly query: string;
  /** Numbers of collections. */
  readonly collections: readonly number[];
}

async function readJson({ response, body }: Attempt): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body()) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_JSON_BYTES) throw new Error('the answer is endless');
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    const kind = response.headers.get('content-type') ?? 'something else';
    // A page half sent and one of a proxy in between look alike; both may be better next time.
    throw new PassingFault(`the answer is ${kind}, not JSON`);
  }
}

/** The images of an archive that speaks ISIC's API v2. */
export class IsicArchive {
  readonly #http: PoliteHttp;
  readonly #base: URL;

  /** @throws MedganError when `base` is no HTTP address. */
  constructor(http: PoliteHttp, base = ISIC_API) {
    this.#http = http;
    if (!URL.canParse(base) || !/^https?:$/.test(new URL(base).protocol)) {
      throw new MedganError(`ISIC archive: ${JSON.stringify(base)} is no HTTP address`, {
        cure: `leave it out for ${ISIC_API}`,
      });
    }
    this.#base = new URL(base.endsWith('/') ? base : `${base}/`);
  }

  async #json(url: URL): Promise<unknown> {
    try {
      return await this.#http.get(
        () => ({ url: url.href, headers: { accept: 'application/json' } }),
        readJson,
      );
    } catch (error) {
      if (error instanceof MedganError || !(error instanceof Error) || error.name === 'AbortError')
        throw error;
      if (error instanceof Refusal && error.status === 400) {
        throw new MedganError(
          `ISIC archive: the query is not understood: ${url.searchParams.get('query') ?? ''}`,
          {
            cure: 'write it as in: diagnosis_1:"Malignant" AND sex:female AND age_approx:[40 TO 60]',
            cause: error,
          },
        );
      }
      throw new MedganError(`ISIC archive: ${url.origin}${url.pathname}: ${messageOf(error)}`, {
        cure: 'check the address and the connection, and run it again',
        cause: error,
      });
    }
  }

  /** The address of the next page; it must lie where the first did, whatever the answer says. */
  #next(link: string): URL {
    const next = new URL(link, this.#base);
    const [allowed, here] = [this.#base, next];
    const samePlace = here.host === allowed.host && here.pathname.startsWith(allowed.pathname);
    // Behind some proxies the server takes itself for HTTP.
    if (samePlace) next.protocol = allowed.protocol;
    if (samePlace && /^https?:$/.test(next.protocol)) return next;
    throw new MedganError(`ISIC archive: its next page is elsewhere: ${link.slice(0, 120)}`, {
      cure: 'this is no archive to trust; check --base-url',
    });
  }

  /** The pages of a search, oldest image first, each asked for when it is needed. */
  async *pages({ query, collections }: Search, pageSize = PAGE): AsyncGenerator<ArchivePage> {
    let url = new URL('images/search/', this.#base);
    url.searchParams.set('query', query);
    if (collections.length > 0) url.searchParams.set('collections', collections.join(','));
    url.searchParams.set('limit', String(Math.min(pageSize, PAGE)));
    const seen = new Set<string>();
    for (;;) {
      seen.add(url.href);
      const page = parsePage(await this.#json(url));
      yield page;
      if (page.next === undefined) return;
      url = this.#next(page.next);
      if (seen.has(url.href)) {
        throw new MedganError('ISIC archive: its pages go round in a circle', {
          cure: 'run it again: what is there already is kept',
        });
      }
    }
  }

  /** One image, with fresh addresses of its files. */
  async image(id: string): Promise<ArchiveImage> {
    return parseImage(await this.#json(new URL(`images/${encodeURIComponent(id)}/`, this.#base)));
  }

  /** Where a file may come from: over HTTPS, or over HTTP too where the archive itself was named so. */
  allowsFile(url: string): boolean {
    if (!URL.canParse(url)) return false;
    const { protocol } = new URL(url);
    return protocol === 'https:' || (protocol === 'http:' && this.#base.protocol === 'http:');
  }
}
