export {
  byFallingScore,
  operatingPoints,
  type BinaryScores,
  type OperatingPoint,
  type OperatingPoints,
} from './binary-scores.ts';
export {
  brierScore,
  calibrationBins,
  calibrationLine,
  expectedCalibrationError,
  type CalibrationBin,
  type CalibrationLine,
} from './calibration.ts';
export {
  clusterBootstrap,
  quantile,
  type BootstrapEstimate,
  type BootstrapSettings,
} from './cluster-bootstrap.ts';
export { balancedAccuracy, confusionMatrix, type Predictions } from './confusion.ts';
export { delong, delongTest, type DeLong, type DeLongTest } from './delong.ts';
export {
  atSpecificity,
  auc,
  averagePrecision,
  bestBalanced,
  precisionRecallCurve,
  rocCurve,
  sensitivityAtSpecificity,
  type PrecisionRecallPoint,
  type RocPoint,
} from './ranking.ts';
export { fitTemperature, TEMPERATURE_RANGE, type LabelledLogits } from './temperature.ts';
