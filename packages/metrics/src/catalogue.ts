// Made from the plugins in this folder: npx nx g @medgan/nx-medgan:catalogue
export { default as frechetMetric } from './frechet.ts';
export { default as gmsdMetric } from './gmsd.ts';
export { default as haarpsiMetric } from './haarpsi.ts';
export { default as kidMetric } from './kid.ts';
export { default as mdsiMetric } from './mdsi.ts';
export { default as msGmsdMetric } from './ms-gmsd.ts';
export { default as msSsimMetric } from './ms-ssim.ts';
export { default as onnxFeatures, type OnnxFeaturesOptions } from './onnx.ts';
export { default as pixelsPcaFeatures, type PixelsPcaOptions } from './pixels-pca.ts';
export { default as prdcMetric } from './prdc.ts';
export { default as psnrMetric } from './psnr.ts';
export { default as randomConvFeatures, type RandomConvOptions } from './random-conv.ts';
export { default as ssimMetric } from './ssim.ts';
