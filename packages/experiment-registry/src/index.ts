/**
 * Studies: one YAML file each, expanded into trials, run by launchers, summarised beside published figures.
 *
 * @module @medgan/experiment-registry
 */

export { DEFAULT_CONFIGURATION, expandExperiment, type ControlRules, type ExpandOptions } from './expand.ts';
export { experimentJsonSchema, SCHEMA_FILE } from './experiment-json-schema.ts';
export type {
  Case,
  Configuration,
  ControlKeys,
  ExperimentFile,
  Published,
  PublishedFigure,
  PublishedRow,
  StudyLauncher,
  Vary,
} from './experiment-schema.ts';
export { parseExperiment, readExperiment, type Experiment } from './experiment.ts';
export { experimentFiles, findExperiment } from './find-experiment.ts';
export { parseOverrides, parseSeeds } from './overrides.ts';
export { countsText, resultsTable, type StudyResults } from './results.ts';
export { runExperiment } from './run-experiment.ts';
export type {
  HandIn,
  Launch,
  LaunchContext,
  OfTrial,
  RunOptions,
  StudyEvent,
  StudyOutcome,
} from './run-options.ts';
export { copyRun } from './launch/copy-run.ts';
export { jobsWith, launchWith, type LaunchOptions, type MakeJob } from './launch/launch-trial.ts';
export { localLauncher, type StopRequest } from './launch/local-launcher.ts';
export { launchByScheduler, type Scheduler, type SchedulerOptions } from './launch/scheduler-launcher.ts';
export { slurmLauncher } from './launch/slurm/slurm-launcher.ts';
export { lastLines, readResult, readTrial, writeResult, type FolderOfTrial } from './launch/trial-files.ts';
export type { Identify } from './plan-study.ts';
export { shownStudy, studyText, type ShownStudy } from './show-study.ts';
export { studyNow } from './study-now.ts';
export { comparisonTable, type ComparisonRow } from './summary/comparison-table.ts';
export { choiceText } from './summary/choosing-figures.ts';
export { durationText, numberText } from './summary/figure-text.ts';
export { comparisonMarkdown, publishedMarkdown, verdictMarkdown } from './summary/summary-markdown.ts';
export type { ConfigurationName, Study, Trial } from './study.ts';
export { verdictTable } from './summary/verdict-table.ts';
export { valueText } from './trial-names.ts';
export {
  summarise,
  type Comparison,
  type FigureColumn,
  type GroupSummary,
  type MeanSd,
  type StudySummary,
  type Verdict,
} from './summary/index.ts';
export { markdownTable, type Column } from './table.ts';
export type { TrialIdentity } from './trial-identity.ts';
export {
  readStudyRecord,
  type ChoosingFigure,
  type Figures,
  type StudyRecord,
  type TrialRecord,
  type TrialResult,
  type TrialState,
} from './trial-records.ts';
export { checkYaml, faultsError, type YamlCheck } from './yaml/check-yaml.ts';
export type { YamlDocument } from './yaml/parse-yaml.ts';
