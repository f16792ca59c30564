import { backend_util, type KernelFunc, type TensorInfo } from '@tensorflow/tfjs-core';
import { tf } from '../../tf.ts';
import type { OpAttribute, TensorflowBackend } from './backend.ts';

type Shape4D = [number, number, number, number];

/** Padding of an NHWC image as TF.js takes it: rows and columns before and after. */
type ExplicitPadding = [[number, number], [number, number], [number, number], [number, number]];

const everySide = (pad: number): ExplicitPadding => [
  [0, 0],
  [pad, pad],
  [pad, pad],
  [0, 0],
];

/**
 * The convolution with a padding of one number written as rows and columns: tfjs-node 4.22 passes those to TensorFlow,
 * and refuses the number. For Conv2D and FusedConv2D.
 */
export const withExplicitPadding =
  (original: KernelFunc): KernelFunc =>
  ({ inputs, backend, attrs }) => {
    const pad = attrs?.['pad'];
    return original({
      inputs,
      backend,
      attrs: { ...attrs, ...(typeof pad === 'number' ? { pad: everySide(pad) } : {}) },
    });
  };

/** Attributes of a gradient of a convolution [n, h, w, in] by [kh, kw, in, out]. NHWC, no dilations: TF.js has none. */
function gradientAttributes(
  { binding }: TensorflowBackend,
  { strideHeight, strideWidth, padInfo }: backend_util.Conv2DInfo,
): OpAttribute[] {
  const { top, bottom, left, right } = padInfo;
  return [
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'strides', type: binding.TF_ATTR_INT, value: [1, strideHeight, strideWidth, 1] },
    { name: 'padding', type: binding.TF_ATTR_STRING, value: 'EXPLICIT' },
    { name: 'explicit_paddings', type: binding.TF_ATTR_INT, value: [0, 0, top, bottom, left, right, 0, 0] },
    { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' },
  ];
}

interface Gradient {
  /** TensorFlow's name of the operation, which is also TF.js's name of the kernel. */
  readonly operation: 'Conv2DBackpropInput' | 'Conv2DBackpropFilter';
  /** The forward convolution's image and filter shapes, from the inputs and attributes of the kernel. */
  readonly shapes: (call: KernelCall) => { readonly image: Shape4D; readonly filter: Shape4D };
  /** Operands in TensorFlow's order; `size` is the shape of the result, as a tensor. */
  readonly operands: (inputs: KernelCall['inputs'], size: TensorInfo) => readonly TensorInfo[];
}

interface KernelCall {
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  readonly attrs: Readonly<Record<string, unknown>>;
}

const BY_INPUT: Gradient = {
  operation: 'Conv2DBackpropInput',
  shapes: ({ inputs, attrs }) => ({
    image: attrs['inputShape'] as Shape4D,
    filter: inputs['filter']!.shape as Shape4D,
  }),
  operands: ({ filter, dy }, size) => [size, filter!, dy!],
};

const BY_FILTER: Gradient = {
  operation: 'Conv2DBackpropFilter',
  shapes: ({ inputs, attrs }) => ({
    image: inputs['x']!.shape as Shape4D,
    filter: attrs['filterShape'] as Shape4D,
  }),
  operands: ({ x, dy }, size) => [x!, size, dy!],
};

/** True for a padding that tfjs-node 4.22 passes on in a gradient. */
const isNamed = (pad: unknown): boolean => pad === 'same' || pad === 'valid' || pad === 0;

/**
 * A gradient of a convolution with its padding as TensorFlow's attribute `explicit_paddings`: tfjs-node 4.22 has the
 * gradients of the paddings 'same' and 'valid' only.
 */
const explicitGradient =
  ({ operation, shapes, operands }: Gradient) =>
  (original: KernelFunc): KernelFunc =>
  (call) => {
    const attrs = call.attrs as Readonly<Record<string, unknown>>;
    if (isNamed(attrs['pad']) || attrs['dataFormat'] === 'NCHW') return original(call);
    const inputs = call.inputs as Readonly<Record<string, TensorInfo>>;
    const backend = call.backend as TensorflowBackend;
    const { image, filter } = shapes({ inputs, attrs });
    const info = backend_util.computeConv2DInfo(
      image,
      filter,
      attrs['strides'] as [number, number],
      1,
      attrs['pad'] as number | ExplicitPadding,
      attrs['dimRoundingMode'] as 'floor' | 'round' | 'ceil' | undefined,
    );
    const size = tf.tensor1d(operation === 'Conv2DBackpropInput' ? image : filter, 'int32');
    const result = backend.executeSingleOutput(
      operation,
      gradientAttributes(backend, info),
      operands(inputs, size),
    );
    size.dispose();
    return result;
  };

/** The gradient by the image, which is also the transposed convolution. */
export const explicitConv2DBackpropInput = explicitGradient(BY_INPUT);

/** The gradient by the filter. */
export const explicitConv2DBackpropFilter = explicitGradient(BY_FILTER);
