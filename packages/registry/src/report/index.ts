export { writeReport, type WrittenReport } from './write-report.ts';
export type { ReportData, ReportInput, ReportOptions, ReportRun } from './report-input.ts';
