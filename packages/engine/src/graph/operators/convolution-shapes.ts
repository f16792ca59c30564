import { backend_util, type NamedAttrMap } from '@tensorflow/tfjs-core';
import { sameShape, type Type } from '../graph.ts';

/** Attributes of a convolution and of its gradients, which describe the forward pass. */
export type ConvolutionAttributes = {
  /** [vertical, horizontal] */
  readonly strides: readonly number[];
  /** [vertical, horizontal] */
  readonly dilations: readonly number[];
  /** [top, left, bottom, right] */
  readonly pads: readonly number[];
  /** Of the images; filters are HWIO beside NHWC, OIHW beside NCHW. */
  readonly layout: 'NHWC' | 'NCHW';
};

/** Attributes of a gradient of a convolution: `shape` is that of the output. */
export type ConvolutionGradientAttributes = ConvolutionAttributes & { readonly shape: readonly number[] };

/** TF.js's attributes of a convolution of images `x` (NHWC) with `filter` (HWIO) in canonical form. */
export function canonicalConvolution(
  attrs: NamedAttrMap,
  x: readonly number[],
  filter: readonly number[],
): ConvolutionAttributes {
  const format = (attrs['dataFormat'] ?? 'NHWC') as string;
  if (format !== 'NHWC') throw new Error(`convolutions are compiled in NHWC, not ${format}`);
  const info = backend_util.computeConv2DInfo(
    [...x] as [number, number, number, number],
    [...filter] as [number, number, number, number],
    attrs['strides'] as number | [number, number],
    (attrs['dilations'] ?? 1) as number | [number, number],
    attrs['pad'] as number | 'same' | 'valid',
    attrs['dimRoundingMode'] as 'floor' | 'round' | 'ceil' | undefined,
  );
  const { padInfo: pad } = info;
  return {
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    pads: [pad.top, pad.left, pad.bottom, pad.right],
    layout: 'NHWC',
  };
}

const windows = (n: number, k: number, [stride, dilation, pad]: readonly [number, number, number]): number =>
  Math.floor((n + pad - (k - 1) * dilation - 1) / stride) + 1;

/** The output of a convolution in the node's layout, with channels from the filter's last two axes in TF.js's order. */
function output(
  x: Type,
  filter: Type,
  {
    attributes,
    channels,
  }: { attributes: ConvolutionAttributes; channels: (ci: number, co: number) => number },
): Type {
  const { strides: s, dilations: d, pads: p } = attributes;
  const nchw = attributes.layout === 'NCHW';
  const [h, w, c] = nchw ? [2, 3, 1] : [1, 2, 3];
  const [kh, kw, ci, co] = nchw ? [2, 3, 1, 0] : [0, 1, 2, 3];
  if (x.shape[c!] !== filter.shape[ci!]) {
    throw new Error(`convolution of [${x.shape.join(', ')}] with a filter of [${filter.shape.join(', ')}]`);
  }
  const oh = windows(x.shape[h!]!, filter.shape[kh!]!, [s[0]!, d[0]!, p[0]! + p[2]!]);
  const ow = windows(x.shape[w!]!, filter.shape[kw!]!, [s[1]!, d[1]!, p[1]! + p[3]!]);
  const [n, out] = [x.shape[0]!, channels(filter.shape[ci!]!, filter.shape[co!]!)];
  return { shape: nchw ? [n, out, oh, ow] : [n, oh, ow, out], dtype: x.dtype };
}

/** The output of a convolution in the node's layout. @throws Error when the channels do not fit. */
export const convolved = (x: Type, filter: Type, attributes: ConvolutionAttributes): Type =>
  output(x, filter, { attributes, channels: (_ci, co) => co });

/**
 * The output of a depthwise convolution in the node's layout: channel c of the image gives channels c·M to c·M + M − 1, M
 * being the filter's last axis in TF.js's order. @throws Error when the channels do not fit.
 */
export const depthwiseConvolved = (x: Type, filter: Type, attributes: ConvolutionAttributes): Type =>
  output(x, filter, { attributes, channels: (ci, co) => ci * co });

/** The gradient `dy` of an output has the shape of that output. @throws Error when it has not. */
export function requireGradientOf(output: Type, dy: Type): void {
  if (sameShape(dy.shape, output.shape)) return;
  throw new Error(`a gradient of [${dy.shape.join(', ')}] for an output of [${output.shape.join(', ')}]`);
}
