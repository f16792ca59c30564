import { readFile } from 'node:fs/promises';
import { MedganError, messageOf } from '@medgan/plugin-api';
import { parse } from 'csv-parse/sync';

/** A CSV file as text: nothing is converted, cells are trimmed. */
export interface Table {
  /** For messages. */
  readonly path: string;
  /** Names of the columns; undefined for a table that begins with its first row. */
  readonly columns: readonly string[] | undefined;
  /** Each as long as the columns. */
  readonly rows: readonly (readonly string[])[];
}

const DELIMITERS = [',', ';', '\t'];

/** The separator that the first line has most of. */
function delimiterOf(text: string): string {
  const line = text.slice(0, text.search(/[\r\n]|$/));
  const counts = DELIMITERS.map((delimiter) => line.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))]!;
}

/** ISIC 2016 published its tables without names of columns: an image and its class, or 0 or 1. */
function hasNoHeader(first: readonly string[]): boolean {
  return first.length === 2 && /^(benign|malignant|[01](\.0)?)$/.test(first[1]!);
}

/**
 * Reads a CSV (comma, semicolon or tab; with or without a byte order mark; cells quoted or not).
 * @throws MedganError when it cannot be read, has no row, two columns of one name, or rows of other lengths.
 */
export async function readTable(who: string, path: string): Promise<Table> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new MedganError(`${who}: the table ${path} cannot be read (${messageOf(cause)})`, {
      cure: 'name a CSV file; a relative name is looked up beside the images, then where medgan was started',
      cause,
    });
  }
  let records: string[][];
  try {
    records = parse(text, {
      bom: true,
      delimiter: delimiterOf(text),
      skip_empty_lines: true,
      trim: true,
    });
  } catch (cause) {
    throw new MedganError(`${who}: the table ${path} is no proper CSV: ${messageOf(cause)}`, {
      cure: 'give every row the same number of cells, and put cells that contain a separator in quotes',
      cause,
    });
  }
  const [first, ...rest] = records;
  const columns = first === undefined || hasNoHeader(first) ? undefined : first;
  const rows = columns === undefined ? records : rest;
  if (rows.length === 0) {
    throw new MedganError(`${who}: the table ${path} has no row`, { cure: 'name the table with the labels' });
  }
  const twice = columns?.find((name, i) => columns.indexOf(name) < i);
  if (twice !== undefined) {
    throw new MedganError(`${who}: the table ${path} has two columns ${JSON.stringify(twice)}`, {
      cure: 'rename one of them',
    });
  }
  return { path, columns, rows };
}

/** The number a spreadsheet shows beside row `index`. */
export function rowNumber({ columns }: Table, index: number): number {
  return index + (columns === undefined ? 1 : 2);
}
