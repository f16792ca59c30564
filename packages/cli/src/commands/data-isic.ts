import { relative, resolve } from 'node:path';
import { defined, plural } from '@medgan/files';
import pc from '../colours.ts';
import {
  downloadImages,
  IsicArchive,
  ISIC_API,
  PoliteHttp,
  searchImages,
  type ArchiveImage,
  type DownloadRequest,
  type DownloadResult,
} from '@medgan/data';
import { createRng } from '@medgan/plugin-api';
import { DownloadProgressReporter } from '../data/download-progress.ts';
import { untilInterrupted } from '../interrupt.ts';
import { note } from '../notes.ts';
import { formatBytes, systemClock } from '@medgan/runs';

interface ArchiveOptions {
  readonly query: string;
  readonly collections: readonly number[];
  readonly baseUrl?: string;
}

/** `medgan data isic search`, as given. */
export interface IsicSearchOptions extends ArchiveOptions {
  readonly limit: number;
  readonly json: boolean;
}

/** `medgan data isic download`, as given. */
export interface IsicDownloadOptions extends ArchiveOptions {
  readonly out: string;
  readonly count?: number;
  readonly size: 'full' | 'thumbnail';
  readonly classBy?: string;
  readonly license: readonly string[];
  readonly attribution?: string;
  readonly concurrency: number;
  readonly maxMegabytes: number;
  readonly verify: boolean;
}

const MOST_AT_ONCE = 16;
/** Failed images named; the rest are counted. */
const NAMED = 10;

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const cell = (value: string | number | boolean | undefined): string =>
  value === undefined ? '' : String(value);

const COLUMNS: readonly [string, (image: ArchiveImage) => string][] = [
  ['id', ({ id }) => id],
  ['diagnosis', ({ metadata }) => cell(metadata['diagnosis_3'] ?? metadata['diagnosis_1'])],
  ['licence', ({ licence }) => licence],
  ['pixels', ({ metadata }) => `${cell(metadata['pixels_x'])}×${cell(metadata['pixels_y'])}`],
  ['size', ({ files }) => formatBytes(files.full.bytes)],
  ['contributor', ({ attribution }) => attribution],
];
/** Wider cells are cut. */
const WIDEST = 40;

function table(images: readonly ArchiveImage[]): string {
  const rows = [
    COLUMNS.map(([name]) => name),
    // What a server sends must not steer the terminal.
    ...images.map((image) =>
      COLUMNS.map(([, value]) => value(image).replace(/\p{C}/gu, '').slice(0, WIDEST)),
    ),
  ];
  const widths = COLUMNS.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  const lines = rows.map((row) =>
    row
      .map((text, i) => text.padEnd(widths[i]!))
      .join('  ')
      .trimEnd(),
  );
  return [pc.bold(lines[0]!), ...lines.slice(1)].join('\n');
}

/** `medgan data isic search`: shows what an archive has. */
export async function isicSearchCommand(options: IsicSearchOptions): Promise<number> {
  return untilInterrupted(async (signal) => {
    const http = new PoliteHttp({ rng: createRng('isic'), signal });
    const archive = new IsicArchive(http, options.baseUrl ?? ISIC_API);
    const { images, total } = await searchImages(archive, options, options.limit);
    if (options.json) {
      print(JSON.stringify({ total: total ?? null, images }, undefined, 2));
      return 0;
    }
    if (images.length > 0) print(table(images));
    print(`${images.length} of ${total ?? 'an unknown number of'} images`);
    return 0;
  });
}

function requestOf(options: IsicDownloadOptions): DownloadRequest {
  const { query, collections, count, size, classBy, license: licences, attribution } = options;
  return {
    query,
    collections,
    size,
    licences,
    ...defined({ count, classBy, attribution }),
  };
}

/** What was done, and what to do now. */
function report(result: DownloadResult, out: string): void {
  const { images, fetched, bytes, failed } = result;
  const kept = images.length - fetched;
  note(
    `${plural(images.length, 'image')} in ${out}: ${fetched} downloaded (${formatBytes(bytes)})` +
      (kept > 0 ? `, ${plural(kept, 'was', 'were')} here already` : ''),
  );
  for (const { id, reason } of failed.slice(0, NAMED)) print(pc.yellow(`  ${id}: ${reason}`));
  if (failed.length > NAMED) print(pc.yellow(`  and ${failed.length - NAMED} more`));
  if (failed.length > 0) {
    print(
      `${plural(failed.length, 'image')} could not be downloaded; run the same command again to try them once more`,
    );
  } else if (images.length > 0) {
    note('  what may be done with them: LICENSES.md, ATTRIBUTION.csv');
    note(`  train on them with path: ${out}`);
  }
}

/** `medgan data isic download`: brings images, or what is missing of them. */
export async function isicDownloadCommand(options: IsicDownloadOptions): Promise<number> {
  const out = relative('.', resolve(options.out)) || '.';
  const reporter = new DownloadProgressReporter(process.stdout, systemClock);
  const onFirst = (): void => reporter.note('stopping; what is here is kept (Ctrl-C again ends at once)');
  const onBrokenOff = (): void => {
    print(`interrupted: ${reporter.done} of ${reporter.total} images are in ${out}`);
    print('run the same command again to go on');
  };
  const work = async (signal: AbortSignal): Promise<number> => {
    const http = new PoliteHttp({
      rng: createRng('isic'),
      signal,
      onWait: (reason, pause) => reporter.note(`${reason}; waiting ${Math.round(pause / 1000)} s`),
    });
    const result = await downloadImages(requestOf(options), {
      http,
      archive: new IsicArchive(http, options.baseUrl ?? ISIC_API),
      dir: resolve(options.out),
      concurrency: Math.min(options.concurrency, MOST_AT_ONCE),
      maxBytes: options.maxMegabytes * 1e6,
      verify: options.verify,
      signal,
      onProgress: (progress) => reporter.onProgress(progress),
    }).finally(() => reporter.end());
    report(result, out);
    return result.failed.length > 0 ? 1 : 0;
  };
  return untilInterrupted(work, { onFirst, onBrokenOff });
}
