import { access } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { defined, resolvePath } from '@medgan/files';
import { MedganError } from '@medgan/plugin-api';
import type { GroupedFile, LabelledFile } from '../find/class-folders.ts';
import { FileIndex } from './file-index.ts';
import { readTable } from './read-table.ts';
import { fileAndGroups } from './table-format.ts';

/** A table beside the images, or where medgan was started: a relative name means the first that is there. */
export async function findTable(path: string, root: string): Promise<string> {
  const beside = resolvePath(path, root);
  if (isAbsolute(path) || beside !== resolve(root, path)) return beside;
  return access(beside).then(
    () => beside,
    () => resolve(path),
  );
}

/** What a table says of which lesion or patient the files show. */
export interface Grouping {
  /** The files with their groups; those that the table gives none stand for themselves. */
  assign(files: readonly LabelledFile[]): GroupedFiles;
}

interface GroupedFiles {
  readonly files: readonly GroupedFile[];
  /** Says what the table names that is not there, and what it leaves out; undefined where it fits the files. */
  readonly misfit?: string;
}

const few = (names: readonly string[]): string =>
  `${names.slice(0, 3).join(', ')}${names.length > 3 ? ' …' : ''}`;

/** Counts what of a table of groups and of the files does not fit together. */
function misfitOf(counts: {
  readonly rows: number;
  readonly images: number;
  /** Rows that name no image. */
  readonly strangers: readonly string[];
  /** Rows of an image that name no group. */
  readonly blank: number;
  /** Images without a group. */
  readonly alone: number;
}): string | undefined {
  const { rows, images, strangers, blank, alone } = counts;
  const parts: string[] = [];
  if (strangers.length > 0)
    parts.push(`${strangers.length} of ${rows} rows name no image (${few(strangers)})`);
  if (blank > 0) parts.push(`${blank} of ${rows} rows name an image and no group`);
  if (alone > 0) parts.push(`${alone} of ${images} images have no group`);
  return parts.length === 0 ? undefined : parts.join(', ');
}

/**
 * Reads a CSV with a column of files and one of groups (`file,group`; the usual names of both are known).
 * @throws MedganError when the columns are not there; on `assign`, when a row could mean several files, two rows give one
 * file two groups, or not one file gets a group.
 */
export async function readGroups(
  who: string,
  path: string,
  { root, encoding }: { readonly root: string; readonly encoding?: string | undefined },
): Promise<Grouping> {
  const table = await readTable(who, await findTable(path, root), { encoding, canState: true });
  const columns = fileAndGroups(table, who);
  return {
    assign(files) {
      const index = new FileIndex(
        files,
        table.rows.map((row) => columns.file(row)),
      );
      const groupOf = new Map<string, string>();
      const strangers: string[] = [];
      let blank = 0;
      for (const row of table.rows) {
        const [name, group] = [columns.file(row), columns.group(row)];
        const found = index.find(name);
        if (found === 'missing') {
          strangers.push(name);
          continue;
        }
        if (group === undefined) {
          blank++;
          continue;
        }
        const former = found === 'ambiguous' ? undefined : groupOf.get(found.file.name);
        if (found === 'ambiguous' || (former !== undefined && former !== group)) {
          throw new MedganError(
            `${who}: ${table.path}: ${name} ${former === undefined ? 'could mean several images' : `is in the groups ${former} and ${group}`}`,
            { cure: 'write the path in the folder, with its ending, one row for each file' },
          );
        }
        groupOf.set(found.file.name, group);
      }
      const rows = table.rows.length;
      const alone = files.length - groupOf.size;
      const misfit = misfitOf({ rows, images: files.length, strangers, blank, alone });
      if (groupOf.size === 0) {
        throw new MedganError(`${who}: ${table.path} gives no image a group: ${misfit}`, {
          cure:
            strangers.length === rows
              ? 'write the file names as they are in the folder'
              : 'fill in the groups, with one row for each image',
        });
      }
      const grouped = files.map((file) => {
        const group = groupOf.get(file.name);
        return group === undefined ? file : { ...file, group };
      });
      return { files: grouped, ...defined({ misfit: misfit && `${table.path}: ${misfit}` }) };
    },
  };
}
