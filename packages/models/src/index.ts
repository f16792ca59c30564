export { default as dcgan, type DcganOptions } from './dcgan.ts';
export { default as fastgan } from './fastgan.ts';
export { default as resnetSngan } from './resnet-sngan.ts';
export { default as sngan } from './sngan.ts';
export { default as wganGp } from './wgan-gp.ts';
export { batchNorm } from './layers/batch-norm.ts';
export {
  convolution,
  transposedConvolution,
  type Convolution,
  type ConvolutionSpec,
} from './layers/convolution.ts';
export { constant, normal, unitVector, xavierUniform } from './layers/initializers.ts';
export { layerNorm } from './layers/layer-norm.ts';
export { linear, type LinearSpec } from './layers/linear.ts';
export { downBlock, upBlock, type BlockWidths, type ResidualBlock } from './layers/residual.ts';
export { spectralNorm, type WeightTransform } from './layers/spectral-norm.ts';
