import type { PublishedFigure } from '../experiment-schema.ts';
import type { Study } from '../study.ts';
import { isDone, type Figures, type TrialRecord, type TrialState } from '../trial-records.ts';
import { valueText } from '../trial-names.ts';
import { choosersOf, titleOf } from './choosing-figures.ts';
import { compare, publishedDecimals, type Comparison } from './compare.ts';
import { groupsOf, type RecordGroup } from './group-records.ts';
import { meanSd, rangeOf, type MeanSd, type Range } from './mean-sd.ts';
import type { FigureColumn, GroupSummary, StudySummary } from './study-summary.ts';
import { verdictOf } from './verdict.ts';

/** What is summed up. */
export interface SummaryInput {
  readonly study: Study;
  /** Of the run; none for a study that was not run yet. */
  readonly records: readonly TrialRecord[];
  /** How to print figures that the study itself does not describe. */
  readonly describe?: Readonly<Record<string, PublishedFigure>>;
}

/** Sums a study up: groups of seeds, published figures beside ours, and the verdict. Pure. */
export function summarise({ study, records, describe = {} }: SummaryInput): StudySummary {
  const { experiment } = study;
  const groups = groupsOf(study, records);
  const chosenBy = choosersOf(records);
  const figures = columnsOf(groups, {
    described: {
      ...describe,
      ...experiment.published?.figures,
      ...Object.fromEntries(chosenBy.map((each) => [each.key, { name: titleOf(each), better: each.better }])),
    },
  });
  const short = shortLabels(groups);
  const summaries = groups.map((group, index) => ({
    ...summariseGroup(group, figures),
    short: short[index]!,
  }));
  const results = records.flatMap(({ result }) => (result ? [result] : []));
  const { title, question } = experiment;
  return {
    name: study.name,
    title,
    question,
    configuration: study.configuration,
    note: study.note,
    state: stateOf(records),
    counts: countsOf(records),
    figures,
    groups: summaries,
    chosenBy,
    floor: ranges(results.map(({ floor }) => floor)),
    ceiling: ranges(results.map(({ ceiling }) => ceiling)),
    published: experiment.published,
    verdict: verdictOf(figures, summaries),
    seconds: results.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

function stateOf(records: readonly TrialRecord[]): StudySummary['state'] {
  if (records.every(({ state }) => state === 'waiting')) return 'not run';
  if (records.every(({ state }) => isDone(state))) return 'finished';
  return records.some(({ state }) => state === 'failed') ? 'failed' : 'incomplete';
}

function countsOf(records: readonly TrialRecord[]): Partial<Record<TrialState, number>> {
  const counts: Partial<Record<TrialState, number>> = {};
  for (const { state } of records) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/** Described figures first, in the order of their description, then the other figures of the trials. */
function columnsOf(
  groups: readonly RecordGroup[],
  { described }: { described: Readonly<Record<string, PublishedFigure>> },
): FigureColumn[] {
  const published = new Map<string, number[]>();
  for (const group of groups) {
    for (const [key, value] of Object.entries(group.published)) {
      published.set(key, [...(published.get(key) ?? []), value]);
    }
  }
  const measured = groups.flatMap(({ records }) =>
    records.flatMap(({ result }) => Object.keys(result?.figures ?? {})),
  );
  const occurring = new Set([...measured, ...published.keys()]);
  const known = Object.keys(described).filter((key) => occurring.has(key));
  return [...new Set([...known, ...occurring])].map((key) => {
    const values = published.get(key);
    const { digits, ...figure }: PublishedFigure | { name: string; digits?: number } = described[key] ?? {
      name: key,
    };
    return {
      key,
      ...figure,
      ...(values ? { decimals: digits ?? publishedDecimals(values) } : {}),
    };
  });
}

function shortLabels(groups: readonly RecordGroup[]): string[] {
  const keys = new Set(groups.flatMap(({ settings }) => Object.keys(settings)));
  const [key] = keys;
  const one = keys.size === 1 && groups.every(({ settings }) => Object.hasOwn(settings, key!));
  return groups.map(({ label, settings }) => (one ? valueText(settings[key!]) : label));
}

function summariseGroup(group: RecordGroup, columns: readonly FigureColumn[]): Omit<GroupSummary, 'short'> {
  const { id, label, settings, records, published, assumed } = group;
  const done = records.flatMap(({ state, result }) => (state === 'finished' && result ? [result] : []));
  const last = means(
    columns,
    done.map(({ figures }) => figures),
  );
  const bests = done.flatMap(({ best }) => (best ? [best] : []));
  const best =
    bests.length === 0
      ? undefined
      : means(
          columns,
          done.map((result) => result.best?.figures ?? result.figures),
        );
  return {
    id,
    label,
    settings,
    trials: records,
    finished: done.length,
    last,
    best,
    bestSteps: bests.map(({ step }) => step),
    published,
    assumed,
    comparisons: comparisonsOf(columns, { ours: last, published }),
    bestComparisons: best ? comparisonsOf(columns, { ours: best, published }) : {},
    seconds: records.reduce((sum, { result }) => sum + (result?.seconds ?? 0), 0),
  };
}

function means(columns: readonly FigureColumn[], sets: readonly Figures[]): Record<string, MeanSd> {
  return Object.fromEntries(
    columns.flatMap(({ key }) => {
      const mean = meanSd(sets.flatMap((set) => set[key] ?? []));
      return mean ? [[key, mean]] : [];
    }),
  );
}

function comparisonsOf(
  columns: readonly FigureColumn[],
  { ours, published }: { ours: Readonly<Record<string, MeanSd>>; published: Figures },
): Record<string, Comparison> {
  return Object.fromEntries(
    columns.flatMap(({ key, better, decimals }) => {
      const [mean, value] = [ours[key], published[key]];
      if (!mean || value === undefined || !better || decimals === undefined) return [];
      const comparison = compare(mean, { published: value, decimals, better });
      return comparison ? [[key, comparison]] : [];
    }),
  );
}

function ranges(sets: readonly (Figures | undefined)[]): Record<string, Range> {
  const keys = new Set(sets.flatMap((set) => Object.keys(set ?? {})));
  return Object.fromEntries([...keys].map((key) => [key, rangeOf(sets.flatMap((set) => set?.[key] ?? []))!]));
}
