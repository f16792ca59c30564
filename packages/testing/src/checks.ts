/**
 * The rules of the contract suites, to be run without vitest.
 *
 * @module @medgan/testing/checks
 */

export { architectureChecks } from './architecture/checks.ts';
export type { ArchitectureSubject } from './architecture/tiny-gan.ts';
export { augmentationChecks, type AugmentationSubject } from './augmentation/checks.ts';
export { brokenRules, type BrokenRule, type Check } from './check.ts';
export { classifierChecks } from './classifier/checks.ts';
export type { ClassifierSubject } from './classifier/tiny-classifier.ts';
export { contractFaults, type SuiteSettings } from './contract-suites.ts';
export { datasetChecks } from './dataset/checks.ts';
export type { DatasetSubject } from './dataset/open-tiny.ts';
export { engineChecks, type EngineSubject } from './engine/checks.ts';
export { featuresChecks, type FeaturesSubject } from './features/checks.ts';
export { metricChecks } from './metric/checks.ts';
export { objectiveChecks } from './objective/checks.ts';
export type { ObjectiveSubject } from './objective/losses.ts';
export { setMetricChecks, type SetMetricSubject } from './set-metric/checks.ts';
export { runOnce, withEngine, type GivenTensor } from './run-once.ts';
