/**
 * Pages that are one HTML file each, the report of studies and the view of a compiled step, with the frame, tables and
 * charts that they share; and the drawings of a run that need text: its losses and captions above pictures.
 *
 * @module @medgan/pages
 */

export { captioned } from './charts/caption.ts';
export { svgToPng } from './charts/rasterise.ts';
export { runLosses, type LoggedStep } from './charts/run-losses.ts';
export { stepPage } from './engine/step-page.ts';
export { stepText } from './engine/step-text.ts';
export { type StepView, stepView } from './engine/step-view.ts';
export { REPORT_MARK } from './report/report-markdown.ts';
export { writeReport, type WrittenReport } from './report/write-report.ts';
export type { ReportData, ReportInput, ReportOptions, ReportRun } from './report/report-input.ts';
