/**
 * Pages that are one HTML file each: the report of studies and the view of a compiled step, with the frame, tables and
 * charts that they share.
 *
 * @module @medgan/pages
 */

export { stepPage } from './engine/step-page.ts';
export { stepText } from './engine/step-text.ts';
export { type StepView, stepView } from './engine/step-view.ts';
export { writeReport, type WrittenReport } from './report/write-report.ts';
export type { ReportData, ReportInput, ReportOptions, ReportRun } from './report/report-input.ts';
