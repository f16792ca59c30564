import { backend_util, type KernelFunc, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { tf } from '../../tf.ts';
import { borrow } from '../borrow.ts';
import { spread } from '../spread.ts';

type Shape4D = [number, number, number, number];

/** A filter [kh, kw, c, m] with zeros between its rows and columns, so that it needs no dilations. */
function dilated(filter: Tensor4D, dilations: readonly [number, number]): Tensor4D {
  const [kh, kw, c, m] = filter.shape;
  const wide = spread(tf.reshape(filter, [1, kh, kw, c * m]), dilations);
  return tf.reshape(wide, [wide.shape[1], wide.shape[2], c, m]);
}

/** Rows and columns around an NHWC image, so that the padding 'valid' reads what `pad` does. */
function paddingOf(
  { image, filter }: { readonly image: Shape4D; readonly filter: Shape4D },
  attrs: Readonly<Record<string, unknown>>,
): [[number, number], [number, number], [number, number], [number, number]] {
  const { padInfo: pad } = backend_util.computeConv2DInfo(
    image,
    filter,
    attrs['strides'] as [number, number],
    (attrs['dilations'] as [number, number] | undefined) ?? 1,
    attrs['pad'] as number,
    attrs['dimRoundingMode'] as 'floor' | 'round' | 'ceil' | undefined,
    true,
  );
  return [
    [0, 0],
    [pad.top, pad.bottom],
    [pad.left, pad.right],
    [0, 0],
  ];
}

/** True for a padding that tfjs-node 4.22 passes on. */
const isNamed = (pad: unknown): boolean => pad === 'same' || pad === 'valid';

/**
 * The depthwise convolution with any padding and dilations: tfjs-node 4.22 takes the paddings 'same' and 'valid', and
 * TensorFlow's kernel has no dilations. NHWC.
 */
export const anyDepthwise =
  (original: KernelFunc): KernelFunc =>
  (call) => {
    const attrs = call.attrs as Readonly<Record<string, unknown>>;
    const dilations = (attrs['dilations'] ?? [1, 1]) as number | [number, number];
    const [dilationHeight, dilationWidth] =
      typeof dilations === 'number' ? [dilations, dilations] : dilations;
    const isPlain = dilationHeight === 1 && dilationWidth === 1;
    if (isPlain && isNamed(attrs['pad'])) return original(call);
    return tf.tidy(() => {
      const x = borrow(call.backend, call.inputs['x']!) as Tensor4D;
      const filter = borrow(call.backend, call.inputs['filter']!) as Tensor4D;
      const padded = tf.pad(x, paddingOf({ image: x.shape, filter: filter.shape }, attrs));
      return original({
        ...call,
        inputs: { x: padded, filter: isPlain ? filter : dilated(filter, [dilationHeight, dilationWidth]) },
        attrs: { ...call.attrs, pad: 'valid', dilations: [1, 1] },
      }) as Tensor;
    });
  };

/** The gradient by the image with any padding: that of the padded image, without its border. NHWC. */
export const anyDepthwiseBackpropInput =
  (original: KernelFunc): KernelFunc =>
  (call) => {
    const attrs = call.attrs as Readonly<Record<string, unknown>>;
    if (isNamed(attrs['pad'])) return original(call);
    const image = attrs['inputShape'] as Shape4D;
    const [, [top, bottom], [left, right]] = paddingOf(
      { image, filter: call.inputs['filter']!.shape as Shape4D },
      attrs,
    );
    const [n, h, w, c] = image;
    return tf.tidy(() => {
      const inputShape = [n, h + top + bottom, w + left + right, c];
      const padded = original({
        ...call,
        attrs: { ...call.attrs, pad: 'valid', inputShape },
      }) as tf.TensorInfo;
      const all = tf.engine().makeTensorFromTensorInfo(padded) as Tensor4D;
      return tf.slice(all, [0, top, left, 0], image);
    });
  };

/** The gradient by the filter with any padding: that of the padded image. NHWC. */
export const anyDepthwiseBackpropFilter =
  (original: KernelFunc): KernelFunc =>
  (call) => {
    const attrs = call.attrs as Readonly<Record<string, unknown>>;
    if (isNamed(attrs['pad'])) return original(call);
    return tf.tidy(() => {
      const x = borrow(call.backend, call.inputs['x']!) as Tensor4D;
      const padding = paddingOf({ image: x.shape, filter: attrs['filterShape'] as Shape4D }, attrs);
      return original({
        ...call,
        inputs: { ...call.inputs, x: tf.pad(x, padding) },
        attrs: { ...call.attrs, pad: 'valid' },
      }) as Tensor;
    });
  };
