/**
 * GAN architectures as plugins, and the layers they are made of.
 *
 * @module @medgan/models
 */

export * from './catalogue.ts';

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
