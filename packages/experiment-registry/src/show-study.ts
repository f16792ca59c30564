import { defined, plural } from '@medgan/files';
import type { Study, Trial } from './study.ts';
import type { Published } from './experiment-schema.ts';
import { markdownTable } from './table.ts';
import { valueText } from './trial-names.ts';

/** A study as programs read it: everything that is decided before it runs. */
export interface ShownStudy {
  /** Folder of its runs. */
  readonly study: string;
  readonly file: string;
  readonly configuration: string;
  readonly title: string;
  readonly question: string;
  readonly note?: string;
  readonly trials: readonly Trial[];
  readonly published?: Published;
}

/** What `medgan experiment show --json` prints. */
export function shownStudy({ name, experiment, configuration, note, trials }: Study): ShownStudy {
  const { title, question, document, published } = experiment;
  return {
    study: name,
    file: document.file,
    configuration,
    title,
    question,
    ...defined({ note }),
    trials,
    ...(published ? { published } : {}),
  };
}

/** What `medgan experiment show` prints: question, trials with what is common to them, what was published, assumptions. */
export function studyText(study: Study): string {
  const { name, experiment, configuration, note, trials } = study;
  return [
    `${experiment.title} (${name}, configuration ${configuration} of ${experiment.document.file})`,
    experiment.question,
    ...(note === undefined ? [] : [note]),
    ...trialsText(study),
    ...(experiment.published ? publishedText(experiment.published, trials) : []),
  ]
    .map((part) => part.trimEnd())
    .join('\n\n')
    .concat('\n');
}

/** The trials by the settings in which they differ, then the keys that all share. */
function trialsText({ trials }: Study): string[] {
  const keys = [...new Set(trials.flatMap(({ config }) => Object.keys(config)))];
  const texts = (key: string): string[] =>
    trials.map(({ config }) => (key in config ? valueText(config[key]) : ''));
  const isCommon = (key: string): boolean => new Set(texts(key)).size === 1;
  const differing = keys.filter((key) => !isCommon(key));
  const goesOn = trials.some(({ continues }) => continues !== undefined);
  const columns = ['trial', ...differing, ...(goesOn ? ['goes on from'] : [])];
  const rows = trials.map(({ id, continues = '' }, index) => [
    id,
    ...differing.map((key) => texts(key)[index]!),
    ...(goesOn ? [continues] : []),
  ]);
  const common = keys.filter(isCommon).map((key) => `${key}: ${texts(key)[0]!}`);
  return [
    plural(trials.length, 'trial'),
    table(columns, rows),
    ...(trials.length > 1 ? ['The same in all of them'] : []),
    common.map((line) => `  ${line}`).join('\n'),
  ];
}

const table = (columns: readonly string[], rows: readonly (readonly string[])[]): string =>
  markdownTable(
    columns.map((title) => ({ title, align: 'left' })),
    rows,
  );

function publishedText(published: Published, trials: readonly Trial[]): string[] {
  const { source, data, stated, shown, conclusion, use, open } = published;
  const facts = [
    ...stated.map((fact) => `states: ${fact}`),
    ...(shown === undefined ? [] : [`shows: ${shown}`]),
    ...(conclusion === undefined ? [] : [`concludes: ${conclusion}`]),
    ...(use === undefined ? [] : [`used for: ${use}`]),
  ];
  return [
    `Published: ${source}${data === undefined ? '' : ` (${data})`}`,
    ...list(facts),
    ...figuresText(published, trials),
    ...(open.length === 0 ? [] : ['What it leaves open, and our assumption']),
    ...list(open.map(({ what, assumed }) => `${what}: ${assumed}`)),
  ];
}

const list = (items: readonly string[]): string[] =>
  items.length === 0 ? [] : [items.map((item) => `  - ${item}`).join('\n')];

/** Published figures of the settings that have any; `*` where it is our assumption that they are theirs. */
function figuresText({ figures }: Published, trials: readonly Trial[]): string[] {
  const groups = new Map(trials.flatMap(({ group, published }) => (published ? [[group, published]] : [])));
  if (groups.size === 0) return [];
  const shown = Object.entries(figures).filter(([key]) =>
    [...groups.values()].some(({ values }) => values[key] !== undefined),
  );
  const heads = shown.map(
    ([, { name, unit, better }]) =>
      `${name}${unit === undefined ? '' : `, ${unit}`} ${better === 'higher' ? '↑' : '↓'}`,
  );
  const rows = [...groups].map(([group, { values, assumed }]) => [
    assumed === undefined ? group : `${group} *`,
    ...shown.map(([key, { digits }]) => figureText(values[key], digits)),
  ]);
  const why = [...groups].flatMap(([group, { assumed }]) =>
    assumed === undefined ? [] : [`* ${group}: ${assumed}`],
  );
  return [table(['published', ...heads], rows), ...(why.length === 0 ? [] : [why.join('\n')])];
}

const figureText = (value: number | undefined, digits: number | undefined): string =>
  value === undefined ? '' : digits === undefined ? String(value) : value.toFixed(digits);
