/**
 * Contract suites for vitest: what every plugin and every engine must do.
 *
 * @module @medgan/testing
 */

export * from './checks.ts';
export {
  architectureContract,
  augmentationContract,
  classifierContract,
  datasetContract,
  engineContract,
  featuresContract,
  metricContract,
  objectiveContract,
  setMetricContract,
} from './contracts.ts';
export { registerChecks } from './register-checks.ts';
