export { default as gmsdMetric } from './gmsd.ts';
export { default as haarPsiMetric } from './haarpsi.ts';
export { default as mdsiMetric } from './mdsi.ts';
export { default as msGmsdMetric } from './ms-gmsd.ts';
export { default as msSsimMetric } from './ms-ssim.ts';
export { default as psnrMetric } from './psnr.ts';
export { default as ssimMetric } from './ssim.ts';

export { gmsd, type GmsdOptions } from './functional/gmsd.ts';
export { haarPsi, type HaarPsiOptions } from './functional/haarpsi.ts';
export { checkImages, checkPairs, type ValueRangeOption } from './functional/image-pairs.ts';
export { mdsi, type MdsiOptions } from './functional/mdsi.ts';
export { minMax } from './functional/min-max.ts';
export { msGmsd, type MsGmsdOptions } from './functional/ms-gmsd.ts';
export { msSsim, type MsSsimOptions } from './functional/ms-ssim.ts';
export { psnr, type PsnrOptions } from './functional/psnr.ts';
export { ssim, type SsimOptions } from './functional/ssim.ts';
