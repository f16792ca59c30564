import { join, resolve } from 'node:path';
import { defined, plural } from '@medgan/files';
import {
  defineDataset,
  MedganError,
  parseOptions,
  type DatasetContext,
  type OptionsSchema,
} from '@medgan/plugin-api';
import { chooseClasses, type GroupedFile } from '../find/class-folders.ts';
import { UNREADABLE_SCHEMA } from '../pack/file-options.ts';
import { listFiles, openFiles, type ChosenFiles } from '../pack/open-files.ts';
import { chooseImages } from '../splits/choose-images.ts';
import { IsicArchive, ISIC_API } from '../isic/archive-client.ts';
import { downloadImages, folderName } from '../isic/download-images.ts';
import { completeImages, requestKey, type DownloadRequest } from '../isic/download-record.ts';
import type { ManifestEntry } from '../isic/manifest-entry.ts';
import { Manifest } from '../isic/manifest.ts';
import { PoliteHttp } from '../isic/polite-http.ts';

/** Options of the dataset `isic`. */
export interface IsicOptions {
  /** In the archive's own language: `diagnosis_1:"Malignant"`; '' = every image. */
  readonly query?: string;
  readonly collections?: readonly number[];
  readonly count?: number;
  readonly size?: 'full' | 'thumbnail';
  /** Field of the metadata whose values become the classes. */
  readonly class_by?: string;
  readonly licenses?: readonly string[];
  readonly attribution?: string;
  readonly base_url?: string;
  readonly concurrency?: number;
  readonly max_megabytes?: number;
  readonly unreadable?: 'error' | 'skip';
}

type Optional = 'count' | 'class_by' | 'attribution';
type Settings = Required<Omit<IsicOptions, Optional>> & Pick<IsicOptions, Optional>;

const schema: OptionsSchema = {
  type: 'object',
  properties: {
    query: { type: 'string', default: '', description: 'as in: diagnosis_1:"Malignant" AND sex:female' },
    collections: {
      type: 'array',
      items: { type: 'integer', minimum: 1 },
      default: [],
      description: 'numbers of collections',
    },
    count: { type: 'integer', minimum: 1, description: 'the first so many, oldest first; default: all' },
    size: {
      enum: ['full', 'thumbnail'],
      default: 'full',
      description: 'thumbnail: at most 256 pixels per side, some 20 kB; full: as uploaded, often megabytes',
    },
    class_by: { type: 'string', minLength: 1, description: 'metadata field of the classes: diagnosis_1' },
    licenses: {
      type: 'array',
      items: { type: 'string' },
      default: [],
      description: 'licences that will do: [CC-0, CC-BY]; default: any',
    },
    attribution: { type: 'string', minLength: 1, description: 'part of the name of the contributor' },
    base_url: { type: 'string', default: ISIC_API, description: 'address of the API' },
    concurrency: { type: 'integer', minimum: 1, maximum: 16, default: 4, description: 'files at once' },
    max_megabytes: {
      type: 'number',
      exclusiveMinimum: 0,
      default: 100,
      description: 'larger files are refused',
    },
    unreadable: UNREADABLE_SCHEMA,
  },
  additionalProperties: false,
};

type ListContext = Omit<DatasetContext, 'format'>;

const WHO = 'dataset isic';
/** The archive holds images of up to some 60 megapixels. */
const MAX_PIXELS = 100e6;

function requestOf(settings: Settings): DownloadRequest {
  const { query, collections, count, size, class_by: classBy, licenses, attribution } = settings;
  return {
    query,
    collections,
    size,
    licences: licenses,
    ...defined({ count, classBy, attribution }),
  };
}

/** Where the images of a request lie: the folder named, or one of its own beside the decoded images. */
function folderOf(path: string | undefined, request: DownloadRequest, cacheDir: string | undefined): string {
  if (path !== undefined && path !== '') return resolve(path);
  if (cacheDir !== undefined) return join(cacheDir, 'isic', requestKey(request));
  throw new MedganError(`${WHO} has no folder to download into`, {
    cure: 'set path to one, or let there be a cache folder',
  });
}

/** The images on disk, downloaded first where they are not all there. */
async function obtain(
  dir: string,
  { settings, context }: { settings: Settings; context: ListContext },
): Promise<readonly ManifestEntry[]> {
  const request = requestOf(settings);
  const here = await completeImages(await Manifest.open(dir), request);
  if (here) return here;
  context.onWarning?.(`${WHO}: downloading ${request.count ?? 'all matching'} images into ${dir}, once`);
  const http = new PoliteHttp({
    rng: context.rng.split('isic'),
    signal: context.signal,
    onWait: (reason, pause) =>
      context.onWarning?.(`${WHO}: ${reason}; waiting ${Math.round(pause / 1000)} s`),
  });
  const { images, failed } = await downloadImages(request, {
    http,
    archive: new IsicArchive(http, settings.base_url),
    dir,
    concurrency: settings.concurrency,
    maxBytes: settings.max_megabytes * 1e6,
    signal: context.signal,
  });
  if (failed.length === 0) return images;
  const lines = failed.slice(0, 20).map(({ id, reason }) => `\n  ${id}: ${reason}`);
  throw new MedganError(
    `${WHO}: ${plural(failed.length, 'image')} could not be downloaded${lines.join('')}`,
    {
      cure: 'run it again to try these once more; narrow the query to do without them',
    },
  );
}

const text = (value: string | number | boolean | undefined): string | undefined =>
  value === undefined ? undefined : String(value);

/** The images a run asks for, downloaded, none of them opened. */
async function choose(
  { path, ...options }: IsicOptions & { readonly path?: string },
  context: ListContext,
): Promise<ChosenFiles & { readonly settings: Settings }> {
  const settings = parseOptions<Settings>(WHO, schema, options);
  context.signal?.throwIfAborted();
  const root = folderOf(path, requestOf(settings), context.cacheDir);
  const entries = await obtain(root, { settings, context });
  if (entries.length === 0) {
    throw new MedganError(`${WHO}: no image fits the query ${JSON.stringify(settings.query)}`, {
      cure: 'look what there is: medgan data isic search',
    });
  }
  const { class_by: field } = settings;
  const classOf = ({ metadata }: ManifestEntry): string =>
    field === undefined ? 'isic' : folderName(metadata[field]);
  const known = [...new Set(entries.map(classOf))].sort((a, b) => (a < b ? -1 : 1));
  const all = known.flatMap((name, label) =>
    entries
      .filter((entry) => classOf(entry) === name)
      .map((entry): GroupedFile => {
        const group = text(entry.metadata['patient_id']) ?? text(entry.metadata['lesion_id']);
        const file = { name: entry.file, path: join(root, entry.file), label };
        return group === undefined ? file : { ...file, group };
      }),
  );
  const classes = chooseClasses(known, context.classes, WHO);
  const wanted = all.filter(({ label }) => classes.includes(known[label]!));
  const chosen = await chooseImages(wanted, context, { who: WHO, all, more: 'raise count' });
  const files = chosen.map((file) => ({ ...file, label: classes.indexOf(known[file.label]!) }));
  return { root, classes, files, settings };
}

/** Images of the ISIC archive: downloaded once, then opened as one folder per class would be. */
export default defineDataset<IsicOptions>({
  name: 'isic',
  summary: 'The ISIC archive of skin images: downloaded once by a query, then read from disk',
  reference: 'International Skin Imaging Collaboration, https://api.isic-archive.com/api/docs/swagger/',
  options: schema,
  source: 'none',
  splittable: true,
  tiny: { query: 'diagnosis_1:*', count: 8, class_by: 'diagnosis_1' },
  list: async (options, context) => listFiles(await choose(options, context)),
  async open(options, context) {
    const { settings, ...chosen } = await choose(options, context);
    return openFiles(chosen, context, {
      who: WHO,
      unreadable: settings.unreadable,
      maxPixels: MAX_PIXELS,
      fingerprintClasses: true,
    });
  },
});
