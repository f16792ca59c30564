import { plural } from '@medgan/files';
import { defineDataset, parseOptions, type DatasetContext, type OptionsSchema } from '@medgan/plugin-api';
import { readClassFolders, type GroupedFile } from '../find/class-folders.ts';
import { warnOfLeftAside } from '../find/left-aside.ts';
import {
  FILE_SCHEMAS,
  namedFolder,
  openOptions,
  type FileOptions,
  type FileSettings,
} from '../pack/file-options.ts';
import { listFiles, openFiles, type ChosenFiles } from '../pack/open-files.ts';
import { chooseImages, requireGroups } from '../splits/choose-images.ts';
import { readGroups } from '../tables/read-groups.ts';
import { TABLE_SCHEMAS } from '../tables/table-options.ts';

export interface ImageFolderOptions extends FileOptions {
  /** CSV that names the lesion or patient of each file, relative to the folder. */
  readonly groups?: string;
  readonly encoding?: string;
  readonly ungrouped?: 'error' | 'alone';
}

type Resolved = FileSettings &
  Required<Pick<ImageFolderOptions, 'ungrouped'>> &
  Pick<ImageFolderOptions, 'groups' | 'encoding'>;

const schema: OptionsSchema = {
  type: 'object',
  properties: {
    ...FILE_SCHEMAS,
    groups: {
      type: 'string',
      minLength: 1,
      description: 'CSV with the lesion or patient of each file (file,group), for split',
    },
    ...TABLE_SCHEMAS,
  },
  additionalProperties: false,
};

const WHO = 'dataset image-folder';

/** The files a run asks for, none of them opened. */
async function choose(
  { path, ...options }: ImageFolderOptions & { readonly path?: string },
  context: Omit<DatasetContext, 'format'>,
): Promise<ChosenFiles & { readonly settings: Resolved }> {
  const root = namedFolder(WHO, path);
  const settings = parseOptions<Resolved>(WHO, schema, options);
  context.signal?.throwIfAborted();
  const folder = await readClassFolders(root, {
    classes: context.classes,
    outsideLinks: settings.outside_links,
  });
  if (folder.looseIgnored > 0)
    context.onWarning?.(
      `${WHO}: ${plural(folder.looseIgnored, 'image beside the class folders is', 'images beside the class folders are')} ignored`,
    );
  warnOfLeftAside(WHO, folder.leftAside, context);
  const { split } = context;
  const { groups, encoding, ungrouped } = settings;
  const grouping =
    groups === undefined ? undefined : await readGroups(WHO, groups, { root: folder.root, encoding });
  const assigned = grouping?.assign(folder.files);
  const misfit = assigned?.misfit;
  const grouped: readonly GroupedFile[] = assigned?.files ?? folder.files;
  if (assigned && split && ungrouped === 'error') requireGroups(grouped, { who: WHO, misfit });
  if (misfit !== undefined) context.onWarning?.(`${WHO}: ${misfit}`);
  // A group may hold images of several classes, and is to land in one part whatever classes are asked for.
  const all =
    grouping && split && context.classes
      ? grouping.assign((await readClassFolders(root, { outsideLinks: settings.outside_links })).files).files
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
  fileOptions: ['groups'],
  tiny: {},
  list: async (options, context) => listFiles(await choose(options, context)),
  async open(options, context) {
    const { settings, ...chosen } = await choose(options, context);
    return openFiles(chosen, context, openOptions(WHO, settings));
  },
});
