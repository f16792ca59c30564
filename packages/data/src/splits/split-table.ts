import { MedganError, nearest } from '@medgan/plugin-api';
import { spelled } from '../tables/file-index.ts';
import { readTable, rowNumber } from '../tables/read-table.ts';
import type { SplitItem } from './split-groups.ts';

/** Images named in an error; the rest are counted. */
const NAMED = 20;

function listed(lines: readonly string[]): string {
  const shown = lines.slice(0, NAMED).map((line) => `\n  ${line}`);
  return shown.join('') + (lines.length > NAMED ? `\n  and ${lines.length - NAMED} more` : '');
}

/** No group on two sides, however the table came to be. */
function refuseTornGroups(
  items: readonly SplitItem[],
  parts: readonly string[],
  { who, path }: { who: string; path: string },
): void {
  const sideOf = new Map<string, string>();
  const torn = new Set<string>();
  items.forEach(({ group }, i) => {
    if (group === undefined) return;
    const side = sideOf.get(group);
    if (side === undefined) sideOf.set(group, parts[i]!);
    else if (side !== parts[i]) torn.add(group);
  });
  if (torn.size === 0) return;
  throw new MedganError(
    `${who}: ${path} puts ${torn.size} groups into several parts, so the parts show the same lesions${listed([...torn])}`,
    { cure: 'write the table anew with the groups known: medgan data split' },
  );
}

/**
 * Which image a row means: the one of exactly this name, else the only one of this name in another spelling (accents,
 * `\\`, blanks at the ends).
 */
function imageFinder(names: readonly string[]): (written: string) => string | undefined {
  const exact = new Set(names);
  const bySpelling = new Map<string, string | undefined>();
  for (const name of names) bySpelling.set(spelled(name), bySpelling.has(spelled(name)) ? undefined : name);
  return (written) => (exact.has(written) ? written : bySpelling.get(spelled(written.trim())));
}

/**
 * The part of every image as a table says it (`file,split`; `file` is the name in the folder), in the order of `items`.
 * @throws MedganError when an image is not in the table, comes twice, or a group is in several parts.
 */
export async function readSplitTable(
  path: string,
  { who, items }: { who: string; items: readonly SplitItem[] },
): Promise<string[]> {
  const table = await readTable(who, path);
  const column = (name: string): number => {
    const at = table.columns?.indexOf(name) ?? -1;
    if (at >= 0) return at;
    throw new MedganError(`${who}: the table of parts ${path} has no column ${name}`, {
      cure: 'write it with medgan data split --out, or name the columns file,split',
    });
  };
  const [file, split] = [column('file'), column('split')];
  const imageOf = imageFinder(items.map(({ name }) => name));
  const partOf = new Map<string, string>();
  table.rows.forEach((row, i) => {
    const name = imageOf(row[file]!);
    if (name === undefined) return;
    if (!partOf.has(name)) {
      partOf.set(name, row[split]!.trim());
      return;
    }
    throw new MedganError(`${who}: ${path}, row ${rowNumber(table, i)}: ${row[file]} comes twice`, {
      cure: 'keep one row of each image',
    });
  });
  const parts = items.map(({ name }) => partOf.get(name));
  const absent = items.filter((_, i) => parts[i] === undefined);
  if (absent.length > 0) {
    throw new MedganError(
      `${who}: ${absent.length} of ${items.length} images are not in ${path}${listed(absent.map(({ name }) => name))}`,
      { cure: 'add them to the table, or write it anew with medgan data split' },
    );
  }
  refuseTornGroups(items, parts as string[], { who, path });
  return parts as string[];
}

/** Refuses a part that nobody wrote, naming those that there are. */
export function requirePart(part: string, known: Iterable<string>, who: string): void {
  const parts = [...new Set(known)];
  if (parts.includes(part)) return;
  const guess = nearest(part, parts);
  throw new MedganError(`${who}: no part is called ${JSON.stringify(part)}; there are: ${parts.join(', ')}`, {
    cure: guess ? `did you mean ${JSON.stringify(guess)}?` : 'choose one of them',
  });
}
