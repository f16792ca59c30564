import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withCure } from '@medgan/files';
import { createRng } from '@medgan/plugin-api';
import { IsicArchive } from '../src/isic/archive-client.ts';
import { downloadImages, type DownloadOptions, type DownloadResult } from '../src/isic/download-images.ts';
import type { DownloadRequest } from '../src/isic/download-record.ts';
import { PoliteHttp, type Manners } from '../src/isic/polite-http.ts';
import { ArchiveServer, type ServedImage } from './archive-server.ts';

export interface BenchOptions extends Partial<Omit<DownloadOptions, 'http' | 'archive'>> {
  readonly manners?: Partial<Manners>;
  readonly base?: string;
}

export const idOf = (i: number): string => `ISIC_${String(i).padStart(7, '0')}`;
export const fileAt = (i: number): string => `/files/${idOf(i)}.jpg`;

/** Images of two classes, two licences and two contributors; every two show one lesion. */
const served = (count: number): ServedImage[] =>
  Array.from({ length: count }, (_, i) => ({
    id: idOf(i),
    diagnosis: i % 2 ? 'Malignant' : 'Benign',
    licence: i % 3 ? 'CC-BY' : 'CC-0',
    attribution: i % 3 ? 'Hospital "A", Vienna' : 'Anonymous',
    lesion: `IL_${i >> 1}`,
  }));

/** A server, a folder to download into, and a clock that does not wait. */
export class DownloadBench {
  readonly server: ArchiveServer;
  readonly dir: string;
  /** Milliseconds of every pause that was asked for. */
  readonly slept: number[] = [];

  private constructor(server: ArchiveServer, dir: string) {
    this.server = server;
    this.dir = dir;
  }

  static async start(images = 8): Promise<DownloadBench> {
    const dir = await mkdtemp(join(tmpdir(), 'medgan-isic-'));
    return new DownloadBench(await ArchiveServer.start(served(images)), dir);
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await rm(this.dir, { recursive: true, force: true });
  }

  async bring(request: Partial<DownloadRequest> = {}, options: BenchOptions = {}): Promise<DownloadResult> {
    const http = new PoliteHttp({
      rng: createRng(1),
      signal: options.signal,
      manners: { interval: 0, ...options.manners },
      sleep: (milliseconds) => {
        if (milliseconds > 0) this.slept.push(milliseconds);
        return Promise.resolve();
      },
    });
    return downloadImages(
      { query: '', collections: [], size: 'full', licences: [], ...request },
      {
        http,
        archive: new IsicArchive(http, options.base ?? this.server.base),
        dir: this.dir,
        concurrency: 3,
        maxBytes: 1e6,
        ...options,
      },
    );
  }

  /** The message of the error, without what differs from run to run. */
  refusal(work: Promise<unknown>): Promise<string> {
    return work.then(
      () => 'no error',
      (error: unknown) =>
        withCure(error).replaceAll(this.server.origin.slice(7), 'HOST').replaceAll(this.dir, 'DIR'),
    );
  }
}
