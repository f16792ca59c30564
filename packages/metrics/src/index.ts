/**
 * How near generated images are to real ones: metrics of pairs and of sets, and the protocols around them.
 *
 * @module @medgan/metrics
 */

export * from './catalogue.ts';
export * from './classification/index.ts';

export { diversity, type Diversity, type DiversitySettings } from './diversity.ts';
export type { ChosenMetric, Estimate } from './estimate.ts';
export {
  evaluateSetMetric,
  evaluateSets,
  extractFeatures,
  setsTooSmall,
  type SetEvaluation,
  type SetMetricSettings,
} from './evaluate-sets.ts';
export { nearestReal, type NearerShare, type NearestReal, type NearPair } from './nearest-real.ts';
export {
  inOrder,
  originalProtocol,
  pairedMean,
  yardsticks,
  type Normalisation,
  type PairedMeanSettings,
  type ProtocolResult,
  type RealAndFake,
  type Yardsticks,
} from './protocols.ts';
export type { FeatureSets } from './set-size.ts';

export { frechetDistance, frechetDistanceOfGaussians, type Gaussian } from './functional/frechet-distance.ts';
export { gmsd, type GmsdOptions } from './functional/gmsd.ts';
export { haarPsi, type HaarPsiOptions } from './functional/haarpsi.ts';
export { checkImages, checkPairs, refuseShape, type ValueRangeOption } from './functional/image-pairs.ts';
export { forEachBatch, sourceOfImages, sourceOfPixels, sourceOfReader } from './functional/image-source.ts';
export { kid, type Kid, type KidOptions, type KidSettings } from './functional/kid.ts';
export { mdsi, type MdsiOptions } from './functional/mdsi.ts';
export { minMax } from './functional/min-max.ts';
export { msGmsd, type MsGmsdOptions } from './functional/ms-gmsd.ts';
export { msSsim, type MsSsimOptions } from './functional/ms-ssim.ts';
export { prdc, type Prdc, type PrdcOptions } from './functional/prdc.ts';
export { psnr, type PsnrOptions } from './functional/psnr.ts';
export { resize, resizeFilters, type ResizeFilter } from './functional/resize.ts';
export type { Rows } from './functional/row-products.ts';
export { ssim, type SsimOptions } from './functional/ssim.ts';
