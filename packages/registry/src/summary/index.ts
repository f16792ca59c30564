export {
  comparisonTable,
  type ComparisonBlock,
  type ComparisonCell,
  type ComparisonRow,
  type ComparisonTable,
} from './comparison-table.ts';
export type { Comparison, Judgement } from './compare.ts';
export { durationText, headingText, meanSdText, numberText } from './figure-text.ts';
export { meanSd, type MeanSd, type Range } from './mean-sd.ts';
export { rankAgreement, type RankAgreement, type RankedItem } from './rank-agreement.ts';
export {
  summarise,
  type FigureColumn,
  type GroupSummary,
  type StudyState,
  type StudySummary,
  type SummaryInput,
} from './summarise.ts';
export { comparisonMarkdown, publishedMarkdown, verdictCells, verdictMarkdown } from './summary-markdown.ts';
export type { Agreement, FigureVerdict, Verdict } from './verdict.ts';
