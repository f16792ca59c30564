export type { Comparison } from './compare.ts';
export { type MeanSd } from './mean-sd.ts';
export type { FigureColumn, GroupSummary, StudySummary, Verdict } from './study-summary.ts';
export { summarise } from './summarise.ts';
