/**
 * The report: one page of figures, curves and images, from studies that were run.
 *
 * @module @medgan/registry/report
 */

export { writeReport, type WrittenReport } from './write-report.ts';
export type { ReportData, ReportInput, ReportOptions, ReportRun } from './report-input.ts';
