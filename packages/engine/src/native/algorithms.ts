import type { Algorithm, Direction } from './program-format.ts';
import type { Precision } from '../names.ts';

/** Sizes of a convolution, named by its forward direction; as `struct conv_shape` has them. */
export interface ConvolutionShape {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outChannels: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly dilationY: number;
  readonly dilationX: number;
  readonly padTop: number;
  readonly padLeft: number;
}

/** The kernels and strides that Winograd's filtering is written for. */
const isServed = (s: ConvolutionShape): boolean =>
  s.dilationY === 1 &&
  s.dilationX === 1 &&
  s.strideY === s.strideX &&
  s.kernelHeight === s.kernelWidth &&
  ((s.kernelHeight === 4 && s.strideY === 2) || (s.kernelHeight === 3 && s.strideY === 1)) &&
  s.channels % 16 === 0 &&
  s.outChannels % 16 === 0;

/**
 * The algorithm for a shape: one table, never decided by timing, so that a program is the same on every machine.
 * Tiles of 4×4 outputs need images of at least that size.
 */
export function chooseAlgorithm(s: ConvolutionShape, _direction: Direction, precision: Precision): Algorithm {
  if (precision === 'exact' || !isServed(s)) return 'direct';
  return Math.min(s.outHeight, s.outWidth) >= 4 ? 'winograd-4' : 'winograd-2';
}
