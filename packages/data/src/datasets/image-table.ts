import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { defined, plural } from '@medgan/files';
import {
  defineDataset,
  MedganError,
  parseOptions,
  type DatasetContext,
  type OptionsSchema,
} from '@medgan/plugin-api';
import { chooseClasses, findRoot, type GroupedFile } from '../find/class-folders.ts';
import {
  FILE_SCHEMAS,
  namedFolder,
  openOptions,
  type FileOptions,
  type FileSettings,
} from '../pack/file-options.ts';
import { searchImages } from '../find/find-images.ts';
import { warnOfLeftAside } from '../find/left-aside.ts';
import { listFiles, openFiles, type ChosenFiles } from '../pack/open-files.ts';
import { chooseImages, requireGroups } from '../splits/choose-images.ts';
import { labelledRows, type LabelledRow } from '../tables/labelled-rows.ts';
import { findTable, readGroups } from '../tables/read-groups.ts';
import { readTable } from '../tables/read-table.ts';
import { detectFormat, layoutOf, TABLE_FORMATS, type TableFormat } from '../tables/table-format.ts';
import { TABLE_SCHEMAS } from '../tables/table-options.ts';
import { compileWhere } from '../tables/where.ts';

export interface ImageTableOptions extends FileOptions {
  /** Path of the CSV, relative to the folder of images or to where medgan was started; default: the only one there. */
  readonly table?: string;
  readonly format?: 'auto' | TableFormat;
  readonly file_column?: string;
  readonly label_column?: string;
  readonly group_column?: string;
  /** Rows to use: `dx == "mel" && age_approx > 60`. */
  readonly where?: string;
  readonly missing?: 'error' | 'skip';
  /** CSV that names the lesion or patient of each file, where the table of classes does not. */
  readonly groups?: string;
  readonly encoding?: string;
  readonly ungrouped?: 'error' | 'alone';
}

type Defaulted = 'format' | 'missing' | 'ungrouped';
type Settings = FileSettings &
  Required<Pick<ImageTableOptions, Defaulted>> &
  Omit<ImageTableOptions, Defaulted | keyof FileSettings>;

const column = (what: string): object => ({
  type: 'string',
  minLength: 1,
  description: `column of the ${what}, where it is not the usual one`,
});

const schema: OptionsSchema = {
  type: 'object',
  properties: {
    table: {
      type: 'string',
      minLength: 1,
      description:
        'CSV, sought in the folder of images, then where medgan was started; default: the only one',
    },
    format: {
      enum: ['auto', ...TABLE_FORMATS],
      default: 'auto',
      description: 'layout of the table; auto: as its columns say',
    },
    file_column: column('files'),
    label_column: column('classes'),
    group_column: column('lesions or patients'),
    where: {
      type: 'string',
      minLength: 1,
      description: 'rows to use, as a question about their columns: dx == "mel" && age > 60',
    },
    missing: {
      enum: ['error', 'skip'],
      default: 'error',
      description: 'error: one error lists all rows whose image is not there; skip: use the others',
    },
    groups: {
      type: 'string',
      minLength: 1,
      description:
        'CSV with the lesion or patient of each file (file,group), for split, where the table has none',
    },
    ...TABLE_SCHEMAS,
    ...FILE_SCHEMAS,
  },
  additionalProperties: false,
};

const WHO = 'dataset image-table';

type ListContext = Omit<DatasetContext, 'format'>;

/** The only CSV in the folder, or else the only one beside it. */
async function onlyTable(root: string): Promise<string> {
  for (const folder of [root, dirname(root)]) {
    const tables = (await readdir(folder).catch(() => []))
      .filter((name) => name.toLowerCase().endsWith('.csv'))
      .sort();
    if (tables.length === 1) return join(folder, tables[0]!);
    if (tables.length > 1) {
      throw new MedganError(`${WHO}: several tables lie in ${folder}: ${tables.join(', ')}`, {
        cure: 'name the one with the labels: dataset_options: {table: …}',
      });
    }
  }
  throw new MedganError(`${WHO}: there is no CSV in ${root} or beside it`, {
    cure: 'name the table with the labels: dataset_options: {table: …}',
  });
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The rows as files, sorted by name, with the index of their class among `classes`; others are left out. */
function withLabels(rows: readonly LabelledRow[], classes: readonly string[]): GroupedFile[] {
  const indexOf = new Map(classes.map((name, i) => [name, i]));
  return rows
    .flatMap(({ file, label, group }) => {
      const index = indexOf.get(label);
      if (index === undefined) return [];
      return [{ ...file, label: index, ...defined({ group }) }];
    })
    .sort((a, b) => compare(a.name, b.name));
}

async function readRows(root: string, settings: Settings, context: ListContext): Promise<LabelledRow[]> {
  const path = settings.table === undefined ? await onlyTable(root) : await findTable(settings.table, root);
  const table = await readTable(WHO, path, { encoding: settings.encoding, canState: true });
  const chosen = { file: settings.file_column, label: settings.label_column, group: settings.group_column };
  const layout = layoutOf(table, {
    who: WHO,
    format: settings.format === 'auto' ? detectFormat(table, chosen) : settings.format,
    chosen,
  });
  const where =
    settings.where === undefined
      ? undefined
      : compileWhere(settings.where, { columns: layout.columns, who: `${WHO}: where` });
  const { files, leftAside } = await searchImages(root, { who: WHO, outsideLinks: settings.outside_links });
  warnOfLeftAside(WHO, leftAside, context);
  const { rows, missing, byTail, tailExample } = labelledRows(table, {
    layout,
    files,
    rules: { who: WHO, where, missing: settings.missing },
  });
  if (rows.length === 0) {
    throw new MedganError(`${WHO}: no row of ${path} is left`, {
      cure: 'check where, and that path is the folder that holds the images',
    });
  }
  const name = basename(path);
  if (missing > 0)
    context.onWarning?.(
      `${WHO}: ${plural(missing, 'row')} of ${name} ${missing === 1 ? 'names' : 'name'} an image that is not there`,
    );
  if (byTail > 0)
    context.onWarning?.(
      `${WHO}: ${byTail} rows of ${name} hold paths of another place (${tailExample}); their images were found by the end of the path`,
    );
  const unlisted = files.length - rows.length;
  if (unlisted > 0 && where === undefined)
    context.onWarning?.(`${WHO}: ${plural(unlisted, 'image has', 'images have')} no row in ${name}`);
  return rows;
}

/**
 * The rows with the groups of a table of its own where one is named, checked where the images are to be split by groups
 * that the user named.
 */
async function withGroups(
  rows: readonly LabelledRow[],
  { root, settings, context }: { root: string; settings: Settings; context: ListContext },
): Promise<readonly LabelledRow[]> {
  const { groups, encoding, ungrouped, group_column: column } = settings;
  let [grouped, misfit] = [rows, undefined as string | undefined];
  if (groups !== undefined) {
    const grouping = await readGroups(WHO, groups, { root, encoding });
    const assigned = grouping.assign(rows.map(({ file }) => ({ ...file, label: 0 })));
    misfit = assigned.misfit;
    const groupOf = new Map(assigned.files.map(({ name, group }) => [name, group]));
    grouped = rows.map((row) => {
      const group = groupOf.get(row.file.name) ?? row.group;
      return group === undefined ? row : { ...row, group };
    });
  }
  const hasGroups = grouped.some(({ group }) => group !== undefined);
  const isNamed = groups !== undefined || column !== undefined;
  if (context.split && ungrouped === 'error' && (isNamed || hasGroups))
    requireGroups(grouped, { who: WHO, misfit });
  if (misfit !== undefined) context.onWarning?.(`${WHO}: ${misfit}`);
  return grouped;
}

/** The files a run asks for, none of them opened. */
async function choose(
  { path, ...options }: ImageTableOptions & { readonly path?: string },
  context: ListContext,
): Promise<ChosenFiles & { readonly settings: Settings }> {
  const folder = namedFolder(WHO, path);
  const settings = parseOptions<Settings>(WHO, schema, options);
  context.signal?.throwIfAborted();
  const root = await findRoot(folder, WHO);
  const rows = await withGroups(await readRows(root, settings, context), { root, settings, context });
  const known = [...new Set(rows.map(({ label }) => label))].sort(compare);
  const classes = chooseClasses(known, context.classes, WHO);
  // Split before classes are chosen, so that a patient lands in one part whatever classes a run asks for.
  const all = withLabels(rows, known);
  const wanted = all.filter(({ label }) => classes.includes(known[label]!));
  const files = await chooseImages(wanted, context, { who: WHO, all });
  const labels = known.map((name) => classes.indexOf(name));
  return { root, classes, files: files.map((file) => ({ ...file, label: labels[file.label]! })), settings };
}

/** Images in one folder, flat or not, whose classes stand in a CSV. */
export default defineDataset<ImageTableOptions>({
  name: 'image-table',
  summary: 'Images in a folder with their classes in a CSV: ISIC challenges, HAM10000, or file,label,group',
  reference: 'Tschandl, Rosendahl and Kittler, Sci. Data 5, 180161 (2018); ISIC challenges 2016–2020',
  options: schema,
  source: 'path',
  splittable: true,
  fileOptions: ['table', 'groups'],
  tiny: {},
  list: async (options, context) => listFiles(await choose(options, context)),
  async open(options, context) {
    const { settings, ...chosen } = await choose(options, context);
    return openFiles(chosen, context, { ...openOptions(WHO, settings), fingerprintClasses: true });
  },
});
