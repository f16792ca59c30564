import { MedganError } from '@medgan/plugin-api';
import type { FoundFile } from '../find/folder-walk.ts';
import { FileIndex } from './file-index.ts';
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

/** Rows named in an error; the rest are counted. */
const NAMED = 20;

function refuse(problems: readonly string[], { what, cure }: { what: string; cure: string }): never {
  const lines = problems.slice(0, NAMED).map((line) => `  ${line}`);
  if (problems.length > NAMED) lines.push(`  and ${problems.length - NAMED} more`);
  throw new MedganError(`${what}\n${lines.join('\n')}`, { cure });
}

/**
 * Finds the image of every row, in the order of the rows.
 * @throws MedganError listing images that are not there, that could be several, that come twice, or that have no label.
 */
export function labelledRows(
  table: Table,
  { layout, files, rules }: { layout: Layout; files: readonly FoundFile[]; rules: RowRules },
): { rows: LabelledRow[]; missing: number } {
  const { who, where } = rules;
  const index = new FileIndex(files);
  const rows: LabelledRow[] = [];
  const firstRow = new Map<string, number>();
  const [missing, ambiguous, twice, unlabelled]: string[][] = [[], [], [], []];
  table.rows.forEach((row, i) => {
    if (where && !where(row)) return;
    const name = layout.file(row);
    const told = `row ${rowNumber(table, i)}: ${name === '' ? 'no file' : name}`;
    const file = index.find(name);
    if (file === 'missing') {
      missing!.push(told);
      return;
    }
    if (file === 'ambiguous') {
      ambiguous!.push(told);
      return;
    }
    const former = firstRow.get(file.name);
    if (former !== undefined) {
      twice!.push(`${told} (first in row ${rowNumber(table, former)})`);
      return;
    }
    firstRow.set(file.name, i);
    const label = layout.label(row, i);
    if (label === '') unlabelled!.push(told);
    const group = layout.group(row);
    rows.push({ file, label, ...(group === undefined ? {} : { group }) });
  });

  const at = `${who}: ${table.path}`;
  if (missing!.length > 0 && rules.missing === 'error')
    refuse(missing!, {
      what: `${at}: ${missing!.length} of ${table.rows.length} rows name an image that is not there`,
      cure: 'set path to the folder that holds them, or set missing: skip to use the others',
    });
  if (ambiguous!.length > 0)
    refuse(ambiguous!, {
      what: `${at}: ${ambiguous!.length} rows could mean several images`,
      cure: 'write the path in the folder, with its ending',
    });
  if (twice!.length > 0)
    refuse(twice!, { what: `${at}: ${twice!.length} images come twice`, cure: 'keep one row of each' });
  if (unlabelled!.length > 0)
    refuse(unlabelled!, {
      what: `${at}: ${unlabelled!.length} rows have no class`,
      cure: 'fill it in, or leave these rows out with where: …',
    });
  return { rows, missing: missing!.length };
}
