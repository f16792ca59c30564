import type { Type } from '../graph.ts';
import {
  canonicalConvolution,
  requireGradientOf,
  type ConvolutionAttributes,
  type ConvolutionGradientAttributes,
} from './convolution-shapes.ts';
import { NCHW, OIHW, imageLayout } from './layout.ts';
import type { Operator } from './operator.ts';

/** The output of a kind of convolution: plain, or depthwise. */
type Forward = (x: Type, filter: Type, attributes: ConvolutionAttributes) => Type;

/** What a gradient of a convolution has in common with the same gradient of another kind. */
type Gradient = Pick<Operator<ConvolutionGradientAttributes>, 'inputs' | 'canonical' | 'infer' | 'layout'>;

/** The gradient of a convolution by its filter: x and dy to dW. */
export const filterGradient = (forward: Forward): Gradient => ({
  inputs: ['x', 'dy'],
  canonical: (attrs, [x]) => {
    const shape = attrs['filterShape'] as number[];
    return { ...canonicalConvolution(attrs, x!.shape, shape), shape };
  },
  infer: ([x, dy], attributes) => {
    const filter = { shape: attributes.shape, dtype: x!.dtype };
    requireGradientOf(forward(x!, filter, attributes), dy!);
    return filter;
  },
  layout: imageLayout([NCHW, NCHW], OIHW),
});

/** The gradient of a convolution by its images: dy and the filter to dx. */
export const imageGradient = (forward: Forward): Gradient => ({
  inputs: ['dy', 'filter'],
  canonical: (attrs, [, filter]) => {
    const shape = attrs['inputShape'] as number[];
    return { ...canonicalConvolution(attrs, shape, filter!.shape), shape };
  },
  infer: ([dy, filter], attributes) => {
    const image = { shape: attributes.shape, dtype: dy!.dtype };
    requireGradientOf(forward(image, filter!, attributes), dy!);
    return image;
  },
  layout: imageLayout([NCHW, OIHW]),
});
