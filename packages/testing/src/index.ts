export * from './checks.ts';
export {
  architectureContract,
  augmentationContract,
  datasetContract,
  engineContract,
  metricContract,
  objectiveContract,
} from './contracts.ts';
export { registerChecks } from './register-checks.ts';
