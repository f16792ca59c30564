import { defined, plural } from '@medgan/files';
import { MedganError } from '@medgan/plugin-api';
import type { FoundFile } from '../find/folder-walk.ts';
import { FileIndex, isAbsoluteName } from './file-index.ts';
import { rowNumber, type Table } from './read-table.ts';
import type { Layout } from './table-format.ts';

/** An image with what a table says of it. */
export interface LabelledRow {
  readonly file: FoundFile;
  readonly label: string;
  readonly group?: string;
}

export interface RowRules {
  readonly who: string;
  /** Rows to keep. */
  readonly where?: ((row: readonly string[]) => boolean) | undefined;
  /** `skip`: rows whose image is not there are passed over. */
  readonly missing: 'error' | 'skip';
}

/** A name on one line, whatever is in it. */
const printable = (name: string): string => (/\p{Cc}/u.test(name) ? JSON.stringify(name) : name);

/** Rows named in an error; the rest are counted. */
const NAMED = 20;

function refuse(problems: readonly string[], { what, cure }: { what: string; cure: string }): never {
  const lines = problems.slice(0, NAMED).map((line) => `  ${line}`);
  if (problems.length > NAMED) lines.push(`  and ${problems.length - NAMED} more`);
  throw new MedganError(`${what}\n${lines.join('\n')}`, { cure });
}

export interface LabelledRows {
  readonly rows: LabelledRow[];
  /** Rows that name an image that is not there. */
  readonly missing: number;
  /** Rows whose image was found by the end of its path alone, and one of these paths. */
  readonly byTail: number;
  readonly tailExample: string;
}

/**
 * Finds the image of every row, in the order of the rows.
 * @throws MedganError listing images that are not there, that could be several, that come twice, or that have no label.
 */
export function labelledRows(
  table: Table,
  { layout, files, rules }: { layout: Layout; files: readonly FoundFile[]; rules: RowRules },
): LabelledRows {
  const { who, where } = rules;
  const index = new FileIndex(
    files,
    table.rows.map((row) => layout.file(row)),
  );
  let [byTail, tailExample] = [0, ''];
  const rows: LabelledRow[] = [];
  const firstRow = new Map<string, number>();
  const [missing, ambiguous, twice, unlabelled]: string[][] = [[], [], [], []];
  let isAbsolute = false;
  table.rows.forEach((row, i) => {
    if (where && !where(row)) return;
    const name = layout.file(row);
    const line = `row ${rowNumber(table, i)}: ${name === '' ? 'no file' : printable(name)}`;
    const found = index.find(name);
    if (found === 'missing') {
      missing!.push(line);
      isAbsolute ||= isAbsoluteName(name);
      return;
    }
    if (found === 'ambiguous') {
      ambiguous!.push(line);
      return;
    }
    const { file } = found;
    if (found.byTail) {
      byTail++;
      tailExample = name;
    }
    const former = firstRow.get(file.name);
    if (former !== undefined) {
      twice!.push(`${line} (first in row ${rowNumber(table, former)})`);
      return;
    }
    firstRow.set(file.name, i);
    const label = layout.label(row, i);
    if (label === '') unlabelled!.push(line);
    const group = layout.group(row);
    rows.push({ file, label, ...defined({ group }) });
  });

  const at = `${who}: ${table.path}`;
  if (missing!.length > 0 && rules.missing === 'error')
    refuse(missing!, {
      what: `${at}: ${missing!.length} of ${table.rows.length} rows name an image that is not there`,
      cure: isAbsolute
        ? 'the table holds paths of another machine: write the bare names of the files into it, or name the column that has them (file_column: …)'
        : 'set path to the folder that holds them, or set missing: skip to use the others',
    });
  if (ambiguous!.length > 0)
    refuse(ambiguous!, {
      what: `${at}: ${plural(ambiguous!.length, 'row')} could mean several images`,
      cure: 'write the path in the folder, with its ending',
    });
  if (twice!.length > 0)
    refuse(twice!, {
      what: `${at}: ${plural(twice!.length, 'image comes', 'images come')} twice`,
      cure: 'keep one row of each',
    });
  if (unlabelled!.length > 0)
    refuse(unlabelled!, {
      what: `${at}: ${plural(unlabelled!.length, 'row has', 'rows have')} no class`,
      cure: 'fill it in, or leave these rows out with where: …',
    });
  return { rows, missing: missing!.length, byTail, tailExample };
}
