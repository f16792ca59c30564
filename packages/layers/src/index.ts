/**
 * Layers that networks are made of, with PyTorch's semantics and parameter names, in plain TensorFlow.js.
 *
 * @module @medgan/layers
 */

export { batchNorm, type BatchNormSettings } from './batch-norm.ts';
export { convolution, transposedConvolution, type Convolution, type ConvolutionSpec } from './convolution.ts';
export { counted } from './counted.ts';
export { depthwiseConvolution, type DepthwiseSpec } from './depthwise.ts';
export { constant, fanOutNormal, fanOutUniform, normal, unitVector, xavierUniform } from './initializers.ts';
export { layerNorm } from './layer-norm.ts';
export { linear, type LinearSpec } from './linear.ts';
export { doubled, halved } from './resample.ts';
export { criticBlock, downBlock, upBlock, type BlockWidths, type ResidualBlock } from './residual.ts';
export { spectralNorm, type WeightTransform } from './spectral-norm.ts';
