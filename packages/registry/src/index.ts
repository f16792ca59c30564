export {
  DEFAULT_CONFIGURATION,
  expandExperiment,
  type ConfigurationName,
  type ControlRules,
  type ExpandOptions,
  type Study,
  type Trial,
} from './expand.ts';
export { experimentJsonSchema } from './experiment-json-schema.ts';
export {
  EXPERIMENT_SCHEMA,
  experimentSchema,
  type Case,
  type Configuration,
  type ControlKeys,
  type ExperimentFile,
  type Published,
  type PublishedFigure,
  type PublishedRow,
  type Vary,
} from './experiment-schema.ts';
export { parseExperiment, readExperiment, type Experiment } from './experiment.ts';
export { parseOverrides } from './overrides.ts';
export { countsText, durationText, resultsMarkdown, resultsTable, type StudyResults } from './results.ts';
export {
  runExperiment,
  type Launch,
  type LaunchContext,
  type RunOptions,
  type StudyEvent,
  type StudyOutcome,
} from './run-experiment.ts';
export { markdownTable, type Column } from './table.ts';
export { canonicalJson, identityHash, type TrialIdentity } from './trial-identity.ts';
export {
  readRecords,
  type Figures,
  type StudyRecord,
  type TrialRecord,
  type TrialResult,
  type TrialState,
} from './trial-records.ts';
export { checkYaml, faultsError, type YamlCheck } from './yaml/check-yaml.ts';
export { parseYaml, type YamlDocument } from './yaml/parse-yaml.ts';
