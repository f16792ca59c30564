import { MedganError, nearest } from '@medgan/plugin-api';
import { FILE_COLUMNS, GROUP_COLUMNS, LABEL_COLUMNS, METADATA_COLUMNS } from './column-names.ts';
import { rowNumber, type Table } from './read-table.ts';

/** How a table is laid out. */
export type TableFormat =
  'isic-2016' | 'isic-2017' | 'one-hot' | 'isic-2020' | 'ham10000' | 'isic-archive' | 'file-label';

export const TABLE_FORMATS: readonly TableFormat[] = [
  'isic-2016',
  'isic-2017',
  'one-hot',
  'isic-2020',
  'ham10000',
  'isic-archive',
  'file-label',
];

/** Columns named by the user, which go before what the format says. */
export interface ColumnChoice {
  readonly file?: string | undefined;
  readonly label?: string | undefined;
  readonly group?: string | undefined;
}

/** How to read one row. */
export interface Layout {
  readonly format: TableFormat;
  /** The names that `where` can use. */
  readonly columns: readonly string[];
  file(row: readonly string[]): string;
  /** The class, '' where the row names none. */
  label(row: readonly string[], index: number): string;
  /** Patient or lesion, the patient where both are known; undefined where the row names none. */
  group(row: readonly string[]): string | undefined;
}

const FLAGS_2017 = ['melanoma', 'seborrheic_keratosis'];

const RULES: Readonly<Record<Exclude<TableFormat, 'isic-2016'>, readonly string[]>> = {
  'isic-2017': ['image_id', ...FLAGS_2017],
  ham10000: ['lesion_id', 'image_id', 'dx'],
  'isic-2020': ['image_name', 'patient_id', 'benign_malignant', 'target'],
  'isic-archive': ['isic_id', 'attribution', 'copyright_license'],
  'one-hot': [],
  'file-label': [],
};

/** 0 or 1 as pandas and spreadsheets write them. */
const isFlag = (cell: string): boolean => /^([01](\.0+)?|true|false)$/i.test(cell);
const isSet = (cell: string): boolean => /^(1|true)/i.test(cell);

/** The columns that are classes of a one-hot table: all but the file, the groups and the usual metadata. */
function classColumns(names: readonly string[], chosen: ColumnChoice): { name: string; column: number }[] {
  const lower = names.map((name) => name.toLowerCase());
  const file = chosen.file ?? names[lower.findIndex((name) => FILE_COLUMNS.includes(name))] ?? names[0];
  return names.flatMap((name, column) => {
    const isOther =
      name === file ||
      name === chosen.group ||
      name === '' ||
      GROUP_COLUMNS.includes(lower[column]!) ||
      METADATA_COLUMNS.has(lower[column]!);
    return isOther ? [] : [{ name, column }];
  });
}

/** At least two columns of classes, all of them 0 or 1. */
function looksOneHot({ columns, rows }: Table, chosen: ColumnChoice): boolean {
  const flags = classColumns(columns!, chosen);
  return (
    flags.length >= 2 && rows.slice(0, 50).every((row) => flags.every(({ column }) => isFlag(row[column]!)))
  );
}

/** The format that the names of the columns, or else the first rows, speak for. */
export function detectFormat(table: Table, chosen: ColumnChoice = {}): TableFormat {
  const { columns } = table;
  if (columns === undefined) return 'isic-2016';
  const fits = (name: keyof typeof RULES): boolean => RULES[name].every((column) => columns.includes(column));
  for (const name of ['isic-2017', 'ham10000', 'isic-2020', 'isic-archive'] as const)
    if (fits(name)) return name;
  return looksOneHot(table, chosen) ? 'one-hot' : 'file-label';
}

class Columns {
  readonly #table: Table;
  readonly #who: string;

  constructor(table: Table, who: string) {
    this.#table = table;
    this.#who = who;
  }

  get names(): readonly string[] {
    return this.#table.columns ?? ['image', 'label'];
  }

  /** The place of a column the user named. */
  named(name: string): number {
    const at = this.names.indexOf(name);
    if (at >= 0) return at;
    const guess = nearest(name, this.names);
    throw new MedganError(
      `${this.#who}: ${this.#table.path} has no column ${JSON.stringify(name)}; it has: ${this.names.join(', ')}`,
      { cure: guess ? `did you mean ${JSON.stringify(guess)}?` : 'name one of them' },
    );
  }

  /** The places of those of these columns that are there, in the order asked. */
  usual(candidates: readonly string[]): number[] {
    const lower = this.names.map((name) => name.toLowerCase());
    return candidates.map((candidate) => lower.indexOf(candidate)).filter((at) => at >= 0);
  }

  /** The place of the column for `what`: the one the user named, or the first usual one. */
  wanted(what: 'file' | 'label', chosen: string | undefined, usual: readonly string[]): number {
    const at = chosen === undefined ? this.usual(usual)[0] : this.named(chosen);
    if (at !== undefined) return at;
    const flag = what === 'label' ? this.#onlyFlag() : undefined;
    throw new MedganError(
      `${this.#who}: ${this.#table.path} has no column that is known to hold the ${what}; it has: ${this.names.join(', ')}`,
      {
        cure:
          flag === undefined
            ? `name it: ${what}_column: …`
            : `the column ${flag} holds 0 and 1: name it (label_column: ${flag}), and the classes are 0 and 1`,
      },
    );
  }

  /** The only column of 0 and 1, where there is one. */
  #onlyFlag(): string | undefined {
    const { rows } = this.#table;
    const flags = this.names.filter((_, at) => rows.every((row) => isFlag(row[at]!)));
    return flags.length === 1 ? flags[0] : undefined;
  }
}

/** The class whose column says 1; one class of `rest` where none does. */
function oneHot(
  table: Table,
  options: {
    who: string;
    fileColumn: number;
    flags: readonly { readonly name: string; readonly column: number }[];
    rest?: string;
  },
): Layout['label'] {
  const { who, fileColumn, flags, rest } = options;
  return (row, index) => {
    const strange = flags.find(({ column }) => !isFlag(row[column]!));
    const ones = flags.filter(({ column }) => isSet(row[column]!));
    if (!strange && ones.length === 1) return ones[0]!.name;
    if (!strange && ones.length === 0 && rest !== undefined) return rest;
    const fault = strange
      ? `${strange.name} is ${JSON.stringify(row[strange.column])}, not 0 or 1`
      : `${ones.length === 0 ? 'no class' : `several classes (${ones.map(({ name }) => name).join(', ')})`}`;
    throw new MedganError(
      `${who}: ${table.path}, row ${rowNumber(table, index)} (${row[fileColumn]}): ${fault}`,
      {
        cure: strange
          ? `if ${strange.name} is no class, remove the column or name it as group_column; else write 0 or 1`
          : 'mark exactly one class with 1, or name the column of the class: label_column: …',
      },
    );
  };
}

const BINARY: Readonly<Record<string, string>> = {
  '0': 'benign',
  '0.0': 'benign',
  '1': 'malignant',
  '1.0': 'malignant',
};

/** The first of these cells with text; blanks inside quotes do not make another group. */
const firstFilled = (row: readonly string[], columns: readonly number[]): string | undefined =>
  columns.map((at) => row[at]!.trim()).find((cell) => cell !== '');

/** The columns of files and of groups alone. @throws MedganError when one of them is not there. */
export function fileAndGroups(table: Table, who: string): Pick<Layout, 'file' | 'group'> {
  const columns = new Columns(table, who);
  const file = columns.wanted('file', undefined, FILE_COLUMNS);
  const groups = columns.usual(GROUP_COLUMNS);
  if (groups.length === 0) {
    throw new MedganError(
      `${who}: ${table.path} has no column that is known to hold groups; it has: ${columns.names.join(', ')}`,
      { cure: `call it ${GROUP_COLUMNS.join(', ')}` },
    );
  }
  return {
    file: (row) => row[file]!,
    group: (row) => firstFilled(row, groups),
  };
}

/** How the columns of `table` are to be read. @throws MedganError when a column that is needed is not there. */
export function layoutOf(
  table: Table,
  { who, format, chosen }: { who: string; format: TableFormat; chosen: ColumnChoice },
): Layout {
  const columns = new Columns(table, who);
  if (format === 'isic-2016' && table.columns !== undefined && table.columns.length !== 2)
    throw new MedganError(`${who}: ${table.path} is no isic-2016 table, which has two columns and no names`, {
      cure: 'leave format out: the columns decide it',
    });
  if (format !== 'isic-2016' && table.columns === undefined)
    throw new MedganError(`${who}: ${table.path} begins with data, not with the names of its columns`, {
      cure: 'add a first line such as file,label, or leave format out',
    });
  for (const name of format === 'isic-2016' ? [] : RULES[format]) columns.named(name);

  const file = columns.wanted('file', chosen.file, format === 'isic-2016' ? ['image'] : FILE_COLUMNS);
  const groups = chosen.group === undefined ? columns.usual(GROUP_COLUMNS) : [columns.named(chosen.group)];
  const common = {
    format,
    columns: columns.names,
    file: (row: readonly string[]) => row[file]!,
    group: (row: readonly string[]) => firstFilled(row, groups),
  };
  const named = (names: readonly string[]) => names.map((name) => ({ name, column: columns.named(name) }));
  if (chosen.label !== undefined) {
    const label = columns.named(chosen.label);
    return { ...common, label: (row) => row[label]!.trim() };
  }
  switch (format) {
    case 'isic-2016':
      return { ...common, label: (row) => BINARY[row[1]!] ?? row[1]!.toLowerCase() };
    case 'isic-2017':
      return {
        ...common,
        label: oneHot(table, { who, fileColumn: file, flags: named(FLAGS_2017), rest: 'nevus' }),
      };
    case 'one-hot': {
      const flags = classColumns(columns.names, { ...chosen, file: columns.names[file] });
      if (flags.length < 2) {
        throw new MedganError(
          `${who}: ${table.path} has ${flags.length} columns of classes beside the file and the groups, where one-hot has one per class`,
          { cure: 'add the columns of the other classes, or name the column of the class: label_column: …' },
        );
      }
      return { ...common, label: oneHot(table, { who, fileColumn: file, flags }) };
    }
    case 'isic-2020': {
      const label = columns.named('benign_malignant');
      return { ...common, label: (row) => row[label]!.trim() };
    }
    case 'ham10000': {
      const label = columns.named('dx');
      return { ...common, label: (row) => row[label]!.trim() };
    }
    case 'isic-archive': {
      const label = columns.wanted('label', undefined, ['diagnosis_1', 'benign_malignant', 'diagnosis']);
      return { ...common, label: (row) => row[label]!.trim() };
    }
    case 'file-label': {
      const label = columns.wanted('label', undefined, LABEL_COLUMNS);
      return { ...common, label: (row) => row[label]!.trim() };
    }
  }
}
