/**
 * Trains a GAN into a run folder, takes it up again, and generates from what was trained.
 *
 * @module @medgan/trainer
 */

export { Adam, ADAM_DEFAULTS, type AdamOptions } from './adam.ts';
export { readBest } from './best-checkpoint.ts';
export type { Best, Evaluation } from './evaluation.ts';
export {
  listCheckpoints,
  restoreCheckpoint,
  writeCheckpoint,
  type FoundCheckpoint,
  type Position,
} from './checkpoint.ts';
export { classificationLoss, type ClassificationLoss } from './classifier/loss.ts';
export { learningRateAt, type CosineSchedule } from './classifier/schedule.ts';
export {
  buildClassifier,
  type ClassifierSpec,
  type TrainedClassifier,
} from './classifier/train-classifier.ts';
export { chooseCheckpoint } from './choose-checkpoint.ts';
export { DIFF_AUGMENTATIONS, type DiffAugmentation } from './diff-augment.ts';
export * from './drawing/index.ts';
export { buildGan, type Gan, type GanSpec } from './gan.ts';
export { train, type TrainResult } from './loop.ts';
export type { TrainRequest } from './train-request.ts';
export { replay, type ParityReport, type ParityRequest } from './parity.ts';
export type { EvaluatedStep, Progress, Reporter } from './progress.ts';
export type { PictureListener } from './picture-listener.ts';
export { totalSteps, type Cadence, type RunConfig } from './run-config.ts';
export type { LogLine } from './log.ts';
export { lockRun } from './run-lock.ts';
export { readStatus, type RunStatus } from './status.ts';
export { nonFiniteReason, requireFiniteImages, type ByteImages } from './byte-images.ts';
export { Sampler, type SampledGenerator } from './sampler.ts';
export { drawInputs, type StepInput, type StepInputs } from './step-inputs.ts';
export type { Update, Updates } from './step.ts';
export type { LoggedValues, MetricValues, StepValues } from './step-runner.ts';
export * from './generation/index.ts';
