export * from './checks.ts';
export {
  architectureContract,
  datasetContract,
  engineContract,
  metricContract,
  objectiveContract,
} from './contracts.ts';
export { registerChecks } from './register-checks.ts';
