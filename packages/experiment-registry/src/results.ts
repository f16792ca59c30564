import { plural } from '@medgan/files';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Study } from './study.ts';
import { choiceText, choosersOf, titleOf } from './summary/choosing-figures.ts';
import { durationText, headingText } from './summary/figure-text.ts';
import { summarise } from './summary/summarise.ts';
import { comparisonMarkdown, publishedMarkdown, verdictMarkdown } from './summary/summary-markdown.ts';
import { markdownTable, type Column } from './table.ts';
import type { TrialRecord } from './trial-records.ts';
import { valueText } from './trial-names.ts';

/** A study with what became of its trials. */
export interface StudyResults {
  readonly study: Study;
  /** In the order of `study.trials`. */
  readonly records: readonly TrialRecord[];
  /** Folder of the study. */
  readonly dir: string;
}

interface Field extends Column {
  /** The cell of the trial at `index`. */
  readonly cell: (record: TrialRecord, index: number) => string;
}

const figureText = (value: number | undefined): string =>
  value === undefined ? '' : Number.isFinite(value) ? value.toFixed(3) : String(value);

const stateText = ({ state, result }: TrialRecord): string =>
  result?.reason === undefined ? state : `${state}: ${result.reason}`;

/** A link to `path`, relative to the folder the text is read in, as a URL. */
function link(path: string, { text, from }: { text: string; from: string }): string {
  const url = relative(from, path)
    .split(sep)
    .map(encodeURIComponent)
    .join('/')
    .replace(/[()]/g, (bracket) => (bracket === '(' ? '%28' : '%29'));
  return `[${text}](${url})`;
}

const gridPaths = (record: TrialRecord, dir: string): string[] =>
  (record.result?.grids ?? []).map((grid) => (isAbsolute(grid) ? grid : join(dir, record.id, grid)));

export interface TableOptions {
  /** The folder that links are relative to; default: the study's. */
  readonly from?: string;
  /** Cells a line may have, where what matters least can be left out for it; default: any number. */
  readonly width?: number;
}

/** What a narrow terminal goes without, the least important first; `RESULTS.md` has all. */
const DISPENSABLE = ['grid', 'steps/s', 'time', 'steps', 'best step', 'loss/discriminator', 'loss/generator'];

/** The table of the trials. */
export function resultsTable(
  results: StudyResults,
  { from = results.dir, width = Infinity }: TableOptions = {},
): string {
  const all = fieldsOf(results, resolve(from));
  const tableOf = (without: readonly string[]): string => {
    const fields = all.filter(({ title }) => !without.includes(title));
    return markdownTable(
      fields,
      results.records.map((record, index) => fields.map(({ cell }) => cell(record, index))),
    );
  };
  let table = tableOf([]);
  for (let count = 1; count <= DISPENSABLE.length && table.indexOf('\n') > width; count++) {
    table = tableOf(DISPENSABLE.slice(0, count));
  }
  return table;
}

function fieldsOf({ study, records, dir }: StudyResults, from: string): Field[] {
  const published = study.experiment.published;
  const settings = [...new Set(study.trials.flatMap((trial) => Object.keys(trial.settings)))];
  const figures = [...new Set(records.flatMap((record) => Object.keys(record.result?.figures ?? {})))];
  const choosers = choosersOf(records);
  const shown = Object.entries(published?.figures ?? {}).filter(([key]) =>
    study.trials.some((trial) => trial.published?.values[key] !== undefined),
  );
  const right = (title: string, cell: Field['cell']): Field => ({ title, align: 'right', cell });
  return [
    ...(settings.length === 0
      ? [{ title: 'trial', align: 'left' as const, cell: ({ label }: TrialRecord) => label }]
      : []),
    ...settings.map((key) =>
      right(key, (record) => (key in record.settings ? valueText(record.settings[key]) : '')),
    ),
    ...(study.seeded ? [right('seed', (record) => String(record.seed))] : []),
    ...figures.map((key) => {
      const chooser = choosers.find((each) => each.key === key);
      const known = chooser ? { name: titleOf(chooser), better: chooser.better } : published?.figures[key];
      return right(known ? headingText(known) : key, (record) => figureText(record.result?.figures[key]));
    }),
    ...(choosers.length === 0
      ? []
      : [
          right('best step', ({ result }) => String(result?.chosenBy?.step ?? '')),
          ...choosers.map((chooser) =>
            right(`best ${headingText({ name: titleOf(chooser), better: chooser.better })}`, ({ result }) =>
              figureText(result?.chosenBy?.key === chooser.key ? result.chosenBy.value : undefined),
            ),
          ),
        ]),
    right('steps', ({ result }) => (result ? String(result.steps) : '')),
    right('steps/s', ({ result }) => result?.stepsPerSecond?.toFixed(2) ?? ''),
    right('time', ({ result }) => (result ? durationText(result.seconds) : '')),
    ...shown.map(([key, figure]) =>
      right(`published ${headingText(figure)}`, (_, index) => {
        const value = study.trials[index]?.published?.values[key];
        return value === undefined ? '' : `*${value}*`;
      }),
    ),
    {
      title: 'grid',
      align: 'left',
      cell: (record) => {
        const [first] = gridPaths(record, dir);
        return first === undefined ? '' : link(first, { text: record.id, from });
      },
    },
    { title: 'state', align: 'left', cell: stateText },
  ];
}

/**
 * The text of `RESULTS.md`: question, verdict, ours beside the published figures, every trial, what was published, our
 * assumptions, and the grids.
 */
export function resultsMarkdown(results: StudyResults): string {
  const { study, records } = results;
  const { title, question, document } = study.experiment;
  const summary = summarise({ study, records });
  const comparison = comparisonMarkdown(summary);
  const verdict = verdictMarkdown(summary);
  const choice = choiceText(summary);
  const published = publishedMarkdown(summary);
  return [
    `# ${title}`,
    question,
    `Configuration \`${study.configuration}\` of \`${document.file}\`: ${countsText(records)}.${overridesText(study)}`,
    ...(study.note === undefined ? [] : [study.note]),
    `**Verdict.** ${summary.verdict.text}`,
    ...(choice === undefined ? [] : [choice]),
    ...(comparison === undefined ? [] : ['## Figures', comparison]),
    ...(verdict === undefined ? [] : ['## Ordering of the settings', verdict]),
    '## Trials',
    resultsTable(results),
    ...(published.length === 0 ? [] : ['## Published', ...published]),
    ...gridsText(results),
  ]
    .map((part) => part.trim())
    .join('\n\n')
    .concat('\n');
}

/** `3 trials, 2 finished, 1 failed`. */
export function countsText(records: readonly TrialRecord[]): string {
  const counts = new Map<string, number>();
  for (const { state } of records) counts.set(state, (counts.get(state) ?? 0) + 1);
  const total = plural(records.length, 'trial');
  return [total, ...[...counts].map(([state, count]) => `${count} ${state}`)].join(', ');
}

function overridesText({ overrides }: Study): string {
  const keys = Object.entries(overrides).map(([key, value]) => `\`${key}=${valueText(value)}\``);
  return keys.length === 0 ? '' : ` Set on the command line: ${keys.join(', ')}.`;
}

function gridsText({ records, dir }: StudyResults): string[] {
  const parts = records.flatMap((record) => {
    const links = gridPaths(record, dir).map((path) =>
      link(path, { text: relative(join(dir, record.id), path).split(sep).join('/'), from: dir }),
    );
    if (links.length === 0) return [];
    return [`### ${record.label}`, `!${links[0]!}`, links.join(' · ')];
  });
  return parts.length === 0 ? [] : ['## Grids', ...parts];
}
