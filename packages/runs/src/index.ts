/**
 * What a run is: its control file, its plugins, its record on disk, its execution and evaluation, and a trial as a run.
 *
 * @module @medgan/runs
 */

export { benchSpec, type BenchNetworks } from './control/bench-spec.ts';
export { absolutePaths } from './control/absolute-paths.ts';
export { cacheFolder, cacheLimit } from './control/cache-folder.ts';
export { CONTROL_SCHEMA, type MlflowKeys } from './control/control-schema.ts';
export type { Generation } from './control/generation.ts';
export { controlTemplate } from './control/control-template.ts';
export { readGeneratorControl } from './control/generator-control.ts';
export { ganSpec } from './control/gan-spec.ts';
export {
  type CheckedControl,
  checkControl,
  checkedRun,
  readControl,
  readText,
  withOverrides,
} from './control/read-control.ts';
export { type ResolvedRun } from './control/resolve-control.ts';
export { DEFAULT_SPLITS, splitFaults } from './control/resolve-split.ts';
export { compareFiles } from './evaluation/compare-files.ts';
export { type FolderScores, compareFolders } from './evaluation/compare-folders.ts';
export { compareSets } from './evaluation/compare-sets.ts';
export { type Protocol, type RunEvaluation, evaluateRun } from './evaluation/evaluate-run.ts';
export { USUAL_FEATURES, chooseFeatures } from './evaluation/features-spec.ts';
export { type PairTable } from './evaluation/pair-tables.ts';
export { type CheckpointChoice, freshImages, generatorOfRun } from './evaluation/generated-images.ts';
export { evaluationText, setTableText } from './evaluation/evaluation-text.ts';
export { directionsNote, metricHeading, metricValueText } from './evaluation/metric-text.ts';
export { figureTitle } from './evaluation/figure-title.ts';
export { PUBLISHED_METRICS, jsonKey, usualPairMetrics } from './evaluation/score-pairs.ts';
export { type SetColumn, type SetTable } from './evaluation/set-table.ts';
export { type LoadedPlugin, loadPlugins, loadSources } from './plugins/load-plugins.ts';
export { type PluginSource, isPath, pluginFile } from './plugins/plugin-module.ts';
export { pluginsOfRun } from './plugins/plugins-of-run.ts';
export { builtInPlugins, listPlugins } from './plugins/plugins.ts';
export {
  describeMetrics,
  type ReportInputs,
  reportInputs,
  type ReportRequest,
} from './report/report-inputs.ts';
export { averagedText } from './run/averaged-text.ts';
export { type ExecuteRequest, type Existing, executeRun } from './run/execute-run.ts';
export { finishedAs } from './run/finished-run.ts';
export { openRun, type OpenOptions, withRunAtWork } from './run/open-run.ts';
export type { OpenedRun, RunAtWork } from './run/opened-run.ts';
export { type ListedRun, listRuns } from './run/list-runs.ts';
export { openImages, openPart, openRunImages } from './run/run-data.ts';
export { startRunEngine } from './run/run-engine.ts';
export { engineText, holdsRun, readRunRecord, type RunRecord } from './run/run-record.ts';
export type { RunContext, RunReporter } from './run/run-reporter.ts';
export { EXTENDABLE } from './run/resume-guard.ts';
export { duration, formatAge, formatBytes, parseAge, parseBytes } from './run/sizes-and-ages.ts';
export { systemClock } from './run/system-clock.ts';
export { versions } from './run/versions.ts';
export { studyToShow } from './trial/studies-to-show.ts';
export { pluginsOfStudies, withAbsolutePlugins } from './trial/study-plugins.ts';
export { controlRules, fromWhereCalled, trialIdentities, trialRun } from './trial/trial-run.ts';
export { openTrial, type OpenedTrial, trainTrial, type TrialListener } from './trial/train-trial.ts';
