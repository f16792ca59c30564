export type { Comparison } from './compare.ts';
export { type MeanSd } from './mean-sd.ts';
export { summarise, type FigureColumn, type GroupSummary, type StudySummary } from './summarise.ts';
export type { Verdict } from './verdict.ts';
