import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import sharp from 'sharp';

/** What a test lets the server do instead of its duty, once for each entry, by path. */
export type Mishap = (request: IncomingMessage, response: ServerResponse, file: Buffer | undefined) => void;

export interface ServedImage {
  readonly id: string;
  readonly diagnosis: string;
  readonly licence?: string;
  readonly attribution?: string;
  readonly lesion?: string;
  /** Replaces fields of the answer. */
  readonly override?: Readonly<Record<string, unknown>>;
}

/** Answers as ISIC's own server does (ImageMarkup/isic, API v2), on this machine only. */
export class ArchiveServer {
  readonly images: ServedImage[];
  /** Paths asked for, in order, with their query. */
  readonly asked: string[] = [];
  readonly ranges: (string | undefined)[] = [];
  readonly mishaps = new Map<string, Mishap[]>();
  readonly files = new Map<string, Buffer>();
  largestPage = 100;
  mostAtOnce = 0;
  #now = 0;
  readonly #server: Server;

  private constructor(images: ServedImage[]) {
    this.images = images;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async start(images: ServedImage[]): Promise<ArchiveServer> {
    const server = new ArchiveServer(images);
    for (const [i, { id }] of images.entries()) {
      const background = { r: (i * 37) % 256, g: (i * 11) % 256, b: 90 };
      const jpeg = await sharp({ create: { width: 40 + i, height: 32, channels: 3, background } })
        .jpeg()
        .toBuffer();
      server.files.set(`/files/${id}.jpg`, jpeg);
      server.files.set(`/thumbnails/${id}.jpg`, jpeg.subarray());
    }
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get base(): string {
    return `${this.origin}/api/v2/`;
  }

  /** Lets the next answers at `path` go wrong. */
  upset(path: string, ...mishaps: Mishap[]): void {
    this.mishaps.set(path, mishaps);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #image(served: ServedImage): object {
    const file = (folder: string): object => {
      const path = `/${folder}/${served.id}.jpg`;
      return { url: `${this.origin}${path}?X-Amz-Expires=43200`, size: this.files.get(path)?.length ?? 0 };
    };
    return {
      public: true,
      isic_id: served.id,
      copyright_license: served.licence ?? 'CC-0',
      attribution: served.attribution ?? 'Anonymous',
      files: { full: file('files'), thumbnail_256: file('thumbnails') },
      metadata: {
        acquisition: { pixels_x: 40, pixels_y: 32, image_type: 'dermoscopic' },
        clinical: {
          diagnosis_1: served.diagnosis,
          age_approx: 45,
          sex: 'female',
          ...(served.lesion ? { lesion_id: served.lesion } : {}),
        },
      },
      ...served.override,
    };
  }

  /** A page, whose cursor is the place in the list, as base64 of a query string. */
  #page(url: URL): object {
    const wanted = /diagnosis_1:"([^"]*)"/.exec(url.searchParams.get('query') ?? '')?.[1];
    const matching = this.images.filter(({ diagnosis }) => wanted === undefined || diagnosis === wanted);
    const limit = Math.min(Number(url.searchParams.get('limit') ?? 100), this.largestPage);
    const cursor = url.searchParams.get('cursor');
    const at = cursor ? Number(new URLSearchParams(Buffer.from(cursor, 'base64').toString()).get('p')) : 0;
    const link = new URL(url);
    link.searchParams.set('cursor', Buffer.from(`p=${at + limit}`).toString('base64'));
    return {
      results: matching.slice(at, at + limit).map((image) => this.#image(image)),
      count: cursor ? null : matching.length,
      next: at + limit < matching.length ? link.href : null,
      previous: null,
    };
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.origin);
    this.asked.push(`${url.pathname}${url.pathname.startsWith('/api') ? url.search : ''}`);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#now);
    response.on('close', () => this.#now--);
    const file = this.files.get(url.pathname);
    const mishap = this.mishaps.get(url.pathname)?.shift();
    if (mishap) return mishap(request, response, file);
    if (file) return this.#send(file, request, response);
    const json = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
      response.end(JSON.stringify(body));
    };
    if (url.pathname === '/api/v2/images/search/') {
      if (/nonsense/.test(url.searchParams.get('query') ?? ''))
        return json(400, { message: 'Could not parse search query.' });
      return json(200, this.#page(url));
    }
    const id = /^\/api\/v2\/images\/(\w+)\/$/.exec(url.pathname)?.[1];
    const image = this.images.find((served) => served.id === id);
    return image ? json(200, this.#image(image)) : json(404, { detail: 'Not Found' });
  }

  /** As an object store does: `ETag`, `Range` with `If-Range`, 416 past the end. */
  #send(file: Buffer, request: IncomingMessage, response: ServerResponse): void {
    const etag = etagOf(file);
    const { range } = request.headers;
    this.ranges.push(range);
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? NaN);
    const same = request.headers['if-range'] === undefined || request.headers['if-range'] === etag;
    if (start >= file.length && same) {
      response.writeHead(416, { 'content-range': `bytes */${file.length}` });
      response.end();
    } else if (start > 0 && same) {
      response.writeHead(206, {
        etag,
        'content-length': file.length - start,
        'content-range': `bytes ${start}-${file.length - 1}/${file.length}`,
      });
      response.end(file.subarray(start));
    } else {
      response.writeHead(200, { etag, 'content-type': 'image/jpeg', 'content-length': file.length });
      response.end(file);
    }
  }
}

export function etagOf(file: Buffer): string {
  return `"${createHash('md5').update(file).digest('hex')}"`;
}

export const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): Mishap =>
  (_, response) => {
    response.writeHead(code, headers);
    response.end('no');
  };

/**
 * Promises the whole file, sends the first half and hangs up once that half has `arrived`: what arrives together with
 * the end of the connection is lost to fetch.
 */
export const halfAndGone =
  (arrived: (bytes: number) => Promise<boolean> = () => Promise.resolve(true)): Mishap =>
  (_, response, file) => {
    const half = file!.subarray(0, file!.length >> 1);
    const hangUp = async (): Promise<void> => {
      while (!(await arrived(half.length))) await setTimeout(5);
      response.destroy();
    };
    response.writeHead(200, { etag: etagOf(file!), 'content-length': file!.length });
    response.write(half, () => void hangUp());
  };

export const reset: Mishap = (request) => {
  request.socket.resetAndDestroy();
};
