import type { StudyReport } from './study-report.ts';

/** Whether anything was published that a report can set beside: decides what its headings promise. */
export const comparesPublished = (reports: readonly StudyReport[]): boolean =>
  reports.some(({ summary }) => summary.published !== undefined);

export const titleOf = (reports: readonly StudyReport[]): string =>
  comparesPublished(reports) ? 'Our figures beside the published ones' : 'Results';

/** `quick`, and nothing of a single run, which has no configurations. */
export const configurationOf = ({ isRun, summary }: StudyReport): string =>
  isRun ? '' : summary.configuration;
