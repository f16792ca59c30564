import { access } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { MedganError } from '@medgan/plugin-api';
import type { GroupedFile, LabelledFile } from '../find/class-folders.ts';
import { FileIndex } from './file-index.ts';
import { readTable } from './read-table.ts';
import { fileAndGroups } from './table-format.ts';

/** A table beside the images, or where medgan was started: a relative name means the first that is there. */
export async function findTable(path: string, root: string): Promise<string> {
  if (isAbsolute(path)) return path;
  const beside = resolve(root, path);
  return access(beside).then(
    () => beside,
    () => resolve(path),
  );
}

/** What a table says of which lesion or patient the files show. */
export interface Grouping {
  /** The files with their groups; those that the table does not name stand for themselves. */
  assign(files: readonly LabelledFile[]): readonly GroupedFile[];
}

/**
 * Reads a CSV with a column of files and one of groups (`file,group`; the usual names of both are known).
 * @throws MedganError when the columns are not there; on `assign`, when a row could mean several files, two rows give one
 * file two groups, or not one file is named.
 */
export async function readGroups(who: string, path: string, root: string): Promise<Grouping> {
  const table = await readTable(who, await findTable(path, root));
  const columns = fileAndGroups(table, who);
  return {
    assign(files) {
      const index = new FileIndex(files);
      const groupOf = new Map<string, string>();
      for (const row of table.rows) {
        const [name, group] = [columns.file(row), columns.group(row)];
        const file = index.find(name);
        if (group === undefined || file === 'missing') continue;
        const former = file === 'ambiguous' ? undefined : groupOf.get(file.name);
        if (file === 'ambiguous' || (former !== undefined && former !== group)) {
          throw new MedganError(
            `${who}: ${table.path}: ${name} ${former === undefined ? 'could mean several images' : `is in the groups ${former} and ${group}`}`,
            { cure: 'write the path in the folder, with its ending, one row for each file' },
          );
        }
        groupOf.set(file.name, group);
      }
      if (groupOf.size === 0) {
        throw new MedganError(`${who}: ${table.path} names none of the ${files.length} images`, {
          cure: 'write the file names as they are in the folder',
        });
      }
      return files.map((file) => {
        const group = groupOf.get(file.name);
        return group === undefined ? file : { ...file, group };
      });
    },
  };
}
