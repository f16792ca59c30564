import { MedganError, messageOf } from '@medgan/files';
import { parse } from 'csv-parse/sync';
import { FILE_COLUMNS } from './column-names.ts';
import { readTableText, type TableEncoding } from './table-text.ts';

/** A CSV file as text: nothing is converted. Blanks around cells are removed, those inside quotes stay. */
export interface Table {
  /** For messages. */
  readonly path: string;
  /** Names of the columns; undefined for a table that begins with its first row. */
  readonly columns: readonly string[] | undefined;
  /** Each as long as the columns. */
  readonly rows: readonly (readonly string[])[];
  /** The line of the file that each row begins in, counted from 1. */
  readonly lines: readonly number[];
}

const DELIMITERS = [',', ';', '\t', '|'];
/** Excel reads the separator from such a first line, and writes one on request. */
const SEPARATOR_LINE = /^"?sep=(.)"?(\r\n|\n|\r)/i;

/** The separator that the first line has most of, outside of quotes. */
function delimiterOf(text: string): string {
  const start = text.search(/[^\r\n]/);
  const line = text.slice(Math.max(start, 0)).replace(/"(?:[^"]|"")*"/g, '""');
  const first = line.slice(0, line.search(/[\r\n]|$/));
  const counts = DELIMITERS.map((delimiter) => first.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))]!;
}

/**
 * ISIC 2016 published its tables without names of columns: an image and its class, or 0 or 1. A first cell that usually
 * names the column of files belongs to a header, whose second cell then names a column of 0 and 1.
 */
function hasNoHeader([file, label, ...rest]: readonly string[]): boolean {
  if (file === undefined || label === undefined || rest.length > 0) return false;
  return /^(benign|malignant|[01](\.0+)?)$/i.test(label) && !FILE_COLUMNS.includes(file.toLowerCase());
}

interface Parsed {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

/** The rows of the text that are not empty, with the lines they begin in. */
function parseRows(text: string): { record: string[]; line: number }[] {
  const separator = SEPARATOR_LINE.exec(text);
  const body = separator ? text.slice(separator[0].length) : text;
  const parsed = parse(body, {
    bom: true,
    delimiter: separator ? separator[1]! : delimiterOf(body),
    // Files that several programs wrote mix them.
    record_delimiter: ['\r\n', '\n', '\r'],
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    // A lone quote within a cell, as in 5" ruler, is text.
    relax_quotes: true,
    relax_column_count: true,
    trim: true,
    info: true,
  }) as unknown as Parsed[];
  const before = separator ? 1 : 0;
  return parsed.map(({ record, info }) => {
    const within = record.join('').match(/\r\n|\n|\r/g)?.length ?? 0;
    return { record, line: info.lines - within + before };
  });
}

/** The columns that have a name, or else a cell: spreadsheets write empty columns too. */
function usedColumns(header: readonly string[], rows: readonly { record: readonly string[] }[]): number[] {
  return header.flatMap((name, at) =>
    name !== '' || rows.some(({ record }) => (record[at] ?? '') !== '') ? [at] : [],
  );
}

/**
 * Reads a CSV (comma, semicolon, tab or bar; any line ends, also mixed; with or without a byte order mark or `sep=`;
 * cells quoted or not). Rows and unnamed columns without any text are left out.
 * @throws MedganError when it cannot be read, has no row, two columns of one name, or rows of other lengths.
 */
export async function readTable(who: string, path: string, encoding: TableEncoding = {}): Promise<Table> {
  const text = await readTableText(who, path, encoding);
  let records: { record: string[]; line: number }[];
  try {
    records = parseRows(text);
  } catch (cause) {
    throw new MedganError(`${who}: the table ${path} is no proper CSV: ${messageOf(cause)}`, {
      cure: 'close every quote, and put cells that contain a separator or a line end in quotes',
      cause,
    });
  }
  const first = records[0]?.record ?? [];
  const isBare = records.length === 0 || hasNoHeader(first);
  const rows = isBare ? records : records.slice(1);
  if (rows.length === 0) {
    throw new MedganError(`${who}: the table ${path} has no row`, { cure: 'name the table with the labels' });
  }
  const used = usedColumns(first, rows);
  const names = used.map((at) => first[at]!.trim());
  const width = used.length === 0 ? 0 : used.at(-1)! + 1;
  for (const { record, line } of rows) {
    const filled = record.findLastIndex((cell) => cell !== '') + 1;
    if (record.length >= width && filled <= width) continue;
    throw new MedganError(
      `${who}: the table ${path}, line ${line}: ${record.length} cells, where the first line has ${first.length}`,
      { cure: 'give every row the same number of cells, and put cells that contain a separator in quotes' },
    );
  }
  const twice = isBare ? undefined : names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) {
    throw new MedganError(`${who}: the table ${path} has two columns ${JSON.stringify(twice)}`, {
      cure: twice === '' ? 'name every column in the first line' : 'rename one of them',
    });
  }
  return {
    path,
    columns: isBare ? undefined : names,
    rows: rows.map(({ record }) => used.map((at) => record[at]!)),
    lines: rows.map(({ line }) => line),
  };
}

/** The line of the file in which row `index` begins. */
export function rowNumber({ lines }: Pick<Table, 'lines'>, index: number): number {
  return lines[index]!;
}
