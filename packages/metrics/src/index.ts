export { default as gmsdMetric } from './gmsd.ts';
export { default as haarPsiMetric } from './haarpsi.ts';
export { default as mdsiMetric } from './mdsi.ts';
export { default as msGmsdMetric } from './ms-gmsd.ts';
export { default as msSsimMetric } from './ms-ssim.ts';
export { default as psnrMetric } from './psnr.ts';
export { default as ssimMetric } from './ssim.ts';

export { default as frechetMetric } from './frechet.ts';
export { default as kidMetric } from './kid.ts';
export { default as prdcMetric } from './prdc.ts';

export { default as onnxFeatures, type OnnxFeaturesOptions } from './onnx.ts';
export { default as pixelsPcaFeatures, type PixelsPcaOptions } from './pixels-pca.ts';
export { default as randomConvFeatures, type RandomConvOptions } from './random-conv.ts';

export { diversity, type Diversity, type DiversitySettings } from './diversity.ts';
export type { ChosenMetric, Estimate } from './estimate.ts';
export { evaluateSets, extractFeatures, type SetEvaluation } from './evaluate-sets.ts';
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
