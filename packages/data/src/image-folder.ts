import {
  defineDataset,
  MedganError,
  parseOptions,
  type DatasetContext,
  type OptionsSchema,
} from '@medgan/plugin-api';
import { readClassFolders, type GroupedFile } from './class-folders.ts';
import { WINDOW_SCHEMA, type Window } from './formats/window.ts';
import { listFiles, openFiles, type ChosenFiles } from './open-files.ts';
import { chooseImages } from './splits/choose-images.ts';
import { readGroups } from './tables/read-groups.ts';

export interface ImageFolderOptions {
  /** `error`: one error names all files that cannot be read; `skip`: they are left out and counted. */
  readonly unreadable?: 'error' | 'skip';
  /** Images of more megapixels (10⁶) are not decoded but count as unreadable. */
  readonly max_megapixels?: number;
  /** Follow symbolic links that lead out of the folder. */
  readonly outside_links?: boolean;
  /** How more than 8 bits become 8; default `auto`. */
  readonly window?: Window;
  /** CSV that names the lesion or patient of each file, relative to the folder. */
  readonly groups?: string;
}

type Optional = 'groups' | 'window';
type Resolved = Required<Omit<ImageFolderOptions, Optional>> & Pick<ImageFolderOptions, Optional>;

const schema: OptionsSchema = {
  type: 'object',
  properties: {
    unreadable: {
      enum: ['error', 'skip'],
      default: 'error',
      description:
        'error: one error names all files that cannot be read; skip: leave them out and count them',
    },
    max_megapixels: {
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 10_000,
      default: 100,
      description: 'larger images are refused before they are decoded (millions of pixels)',
    },
    outside_links: {
      type: 'boolean',
      default: false,
      description: 'follow symbolic links that lead out of the folder',
    },
    window: WINDOW_SCHEMA,
    groups: {
      type: 'string',
      minLength: 1,
      description: 'CSV with the lesion or patient of each file (file,group), for split',
    },
  },
  additionalProperties: false,
};

const WHO = 'dataset image-folder';

/** The files a run asks for, none of them opened. */
async function choose(
  { path, ...options }: ImageFolderOptions & { readonly path?: string },
  context: Omit<DatasetContext, 'format'>,
): Promise<ChosenFiles & { readonly settings: Resolved }> {
  if (path === undefined || path === '')
    throw new MedganError(`${WHO} was given no folder`, { cure: 'set path to the folder of images' });
  const settings = parseOptions<Resolved>(WHO, schema, options);
  context.signal?.throwIfAborted();
  const folder = await readClassFolders(path, {
    classes: context.classes,
    outsideLinks: settings.outside_links,
  });
  if (folder.looseIgnored > 0)
    context.onWarning?.(`${WHO}: ${folder.looseIgnored} images beside the class folders are ignored`);
  const { split } = context;
  const grouping =
    settings.groups === undefined ? undefined : await readGroups(WHO, settings.groups, folder.root);
  const grouped = grouping?.assign(folder.files) ?? folder.files;
  // A group may hold images of several classes, and is to land in one part whatever classes are asked for.
  const all =
    grouping && split && context.classes
      ? grouping.assign((await readClassFolders(path, { outsideLinks: settings.outside_links })).files)
      : grouped;
  const files = await chooseImages<GroupedFile>(grouped, context, { who: WHO, all });
  return { root: folder.root, classes: folder.classes, files, settings };
}

/**
 * Images in class folders, as torchvision's `ImageFolder` with `Resize(size)` and `CenterCrop(size)` would give them,
 * as bytes. Two differences: EXIF orientation is applied, and links out of the folder are not followed unasked.
 */
export default defineDataset<ImageFolderOptions>({
  name: 'image-folder',
  aliases: ['ImageFolder'],
  summary: 'Images on disk: one folder for each class, or one flat folder',
  reference: 'torchvision.datasets.ImageFolder (Marcel and Rodriguez, ACM Multimedia 2010)',
  options: schema,
  source: 'path',
  splittable: true,
  tiny: {},
  list: async (options, context) => listFiles(await choose(options, context)),
  async open(options, context) {
    const { settings, ...chosen } = await choose(options, context);
    return openFiles(chosen, context, {
      who: WHO,
      unreadable: settings.unreadable,
      maxPixels: Math.trunc(settings.max_megapixels * 1e6),
      ...(settings.window === undefined ? {} : { window: settings.window }),
    });
  },
});
