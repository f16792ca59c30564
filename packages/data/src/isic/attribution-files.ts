import { csvLine } from '../tables/csv-cell.ts';
import type { ManifestEntry } from './manifest-entry.ts';

const LICENCES: Readonly<Record<string, string>> = {
  'CC-0': 'https://creativecommons.org/publicdomain/zero/1.0/',
  'CC-BY': 'https://creativecommons.org/licenses/by/4.0/',
  'CC-BY-NC': 'https://creativecommons.org/licenses/by-nc/4.0/',
};

const lines = (rows: readonly (readonly (string | number | boolean | undefined)[])[]): string =>
  rows.map((row) => csvLine(row.map((value) => (value === undefined ? '' : String(value))))).join('');

/** Clinical and acquisition data of every image, with the archive's names of columns: opened by `image-table`. */
export function metadataCsv(entries: readonly ManifestEntry[]): string {
  const keys = [...new Set(entries.flatMap(({ metadata }) => Object.keys(metadata)))].sort();
  const rows = entries.map((entry) => [
    entry.id,
    entry.attribution,
    entry.licence,
    ...keys.map((key) => entry.metadata[key]),
  ]);
  return lines([['isic_id', 'attribution', 'copyright_license', ...keys], ...rows]);
}

/** Whom to name for every image. */
export function attributionCsv(entries: readonly ManifestEntry[]): string {
  const rows = entries.map(({ id, file, licence, attribution }) => [id, file, licence, attribution]);
  return lines([['isic_id', 'file', 'licence', 'attribution'], ...rows]);
}

const inline = (text: string): string => text.replace(/\s+/g, ' ').replace(/[|<>`[\]]/g, '\\$&');

function counted(values: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Under what conditions the images may be used, for people. */
export function licencesPage(entries: readonly ManifestEntry[]): string {
  const licences = counted(entries.map(({ licence }) => licence)).map(
    ([licence, count]) => `| ${inline(licence)} | ${count} | ${LICENCES[licence] ?? 'ask the contributor'} |`,
  );
  const names = counted(entries.map(({ attribution }) => attribution)).map(
    ([name, count]) => `- ${inline(name)} (${count})`,
  );
  return [
    '# Licences of these images',
    '',
    'From the ISIC archive (https://www.isic-archive.com). Each image has a licence of its own: see `ATTRIBUTION.csv`.',
    '',
    '| licence | images | text |',
    '| --- | --- | --- |',
    ...licences,
    '',
    'To be named, with the archive, wherever the images or what was made from them are shown:',
    '',
    ...names,
    '',
  ].join('\n');
}
