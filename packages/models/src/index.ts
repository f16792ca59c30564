export { default as dcgan, type DcganOptions } from './dcgan.ts';
export { default as resnetSngan } from './resnet-sngan.ts';
export { default as sngan } from './sngan.ts';
export { batchNorm } from './layers/batch-norm.ts';
export {
  convolution,
  transposedConvolution,
  type Convolution,
  type ConvolutionSpec,
} from './layers/convolution.ts';
export { constant, normal, unitVector } from './layers/initializers.ts';
export { spectralNorm, type WeightTransform } from './layers/spectral-norm.ts';
