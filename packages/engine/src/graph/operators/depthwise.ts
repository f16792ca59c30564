import {
  multiplyAdds,
  nchw,
  readPart,
  restOf,
  tensorflowAttributes,
  type Shape4,
} from './convolution-lowering.ts';
import { filterGradient, imageGradient } from './convolution-gradients.ts';
import {
  canonicalConvolution,
  depthwiseConvolved,
  type ConvolutionAttributes,
  type ConvolutionGradientAttributes,
} from './convolution-shapes.ts';
import { NCHW, OIHW, imageLayout } from './layout.ts';
import type { OnnxWriter } from './onnx.ts';
import { operator, type Operator } from './operator.ts';
import { inputs, refuseForTensorFlow } from './tensorflow.ts';

const shapeOf = (w: OnnxWriter, id: number): Shape4 => w.type(id).shape as Shape4;

/** A stored filter [M, C, kh, kw] as ONNX has filters of C groups: [C·M, 1, kh, kw]. */
function grouped(w: OnnxWriter, filter: number): string {
  const [m, c, kh, kw] = shapeOf(w, filter);
  const byChannel = m === 1 ? w.name(filter) : w.emit('Transpose', [w.name(filter)], { perm: [1, 0, 2, 3] });
  return w.emit('Reshape', [byChannel, w.int64([m * c, 1, kh, kw])]);
}

/** TensorFlow's depthwise operators take one stride for both axes. */
function refuseUnequal(kernel: string, { strides }: ConvolutionAttributes): void {
  if (strides[0] !== strides[1]) refuseForTensorFlow(`${kernel} with different strides by row and by column`);
}

/**
 * Depthwise convolutions and their gradients: each channel has M filters of its own. Filters are [kh, kw, C, M] in TF.js
 * and stored as [M, C, kh, kw]; channel c of the image gives channels c·M to c·M + M − 1 of the output.
 */
export const depthwiseOperators = {
  DepthwiseConv2dNative: operator<ConvolutionAttributes>({
    inputs: ['x', 'filter'],
    canonical: (attrs, [x, filter]) => canonicalConvolution(attrs, x!.shape, filter!.shape),
    infer: ([x, filter], attributes) => depthwiseConvolved(x!, filter!, attributes),
    layout: imageLayout([NCHW, OIHW]),
    onnx: nchw((node, w) => {
      const [x, kernel] = node.inputs as [number, number];
      const [, group, kh, kw] = shapeOf(w, kernel);
      const { strides, dilations, pads } = node.attributes;
      w.result(node, {
        op: 'Conv',
        inputs: [w.name(x), grouped(w, kernel)],
        attributes: { strides, dilations, pads, group, kernel_shape: [kh, kw] },
      });
    }),
    tensorflow: (node, w) => {
      refuseUnequal(node.kernel, node.attributes);
      return {
        op: 'DepthwiseConv2dNative',
        input: inputs(node, w),
        attr: tensorflowAttributes(node, w, [node.inputs[0]!, node.outputs[0]!]),
      };
    },
    multiplyAdds: ({ inputs: [, filter], output }) => multiplyAdds(output, [1, 1, ...filter!.slice(2)]),
  }),

  /** x and dy to dW: see `onnx`. */
  DepthwiseConv2dNativeBackpropFilter: operator<ConvolutionGradientAttributes>({
    ...filterGradient(depthwiseConvolved),
    // The convolution of x by dy in which every channel of every image is a group of its own, the forward strides become
    // dilations and the forward dilations strides; then the sum over the images.
    onnx: nchw((node, w) => {
      const [x, dy] = node.inputs as [number, number];
      const [image, output, filter] = [x, dy, node.outputs[0]!].map((id) => shapeOf(w, id)) as [
        Shape4,
        Shape4,
        Shape4,
      ];
      const { strides, dilations, pads } = node.attributes;
      const { source, size, end } = readPart(w, w.name(x), {
        attributes: node.attributes,
        shapes: { image, filter, output },
      });
      const [n, c] = image;
      const [m, , kh, kw] = filter;
      const planes = w.emit('Reshape', [source, w.int64([1, n * c, ...size])]);
      const filters = w.emit('Reshape', [w.name(dy), w.int64([n * c * m, 1, output[2], output[3]])]);
      const product = w.emit('Conv', [planes, filters], {
        strides: dilations,
        dilations: strides,
        pads: [pads[0]!, pads[1]!, ...end],
        group: n * c,
        kernel_shape: [output[2], output[3]],
      });
      const images = w.emit('Reshape', [product, w.int64([n, c, m, kh, kw])]);
      const sum = w.emit('ReduceSum', [images, w.int64([0])], { keepdims: 0 });
      if (m === 1) return w.result(node, { op: 'Reshape', inputs: [sum, w.int64(filter)] });
      w.result(node, { op: 'Transpose', inputs: [sum], attributes: { perm: [1, 0, 2, 3] } });
    }),
    multiplyAdds: ({ inputs: [, dy], output }) => multiplyAdds(dy!, [1, 1, ...output.slice(2)]),
  }),

  /** dy and the filter to dx: a transposed depthwise convolution. */
  DepthwiseConv2dNativeBackpropInput: operator<ConvolutionGradientAttributes>({
    ...imageGradient(depthwiseConvolved),
    onnx: nchw((node, w) => {
      const [dy, kernel] = node.inputs as [number, number];
      const [image, output, filter] = [node.outputs[0]!, dy, kernel].map((id) => shapeOf(w, id)) as [
        Shape4,
        Shape4,
        Shape4,
      ];
      const { strides, dilations, pads } = node.attributes;
      w.result(node, {
        op: 'ConvTranspose',
        inputs: [w.name(dy), grouped(w, kernel)],
        attributes: {
          strides,
          dilations,
          pads,
          group: filter[1],
          output_padding: restOf(node.attributes, { image, filter, output }),
          kernel_shape: [filter[2], filter[3]],
        },
      });
    }),
    multiplyAdds: ({ inputs: [dy, filter] }) => multiplyAdds(dy!, [1, 1, ...filter!.slice(2)]),
  }),
} satisfies Record<string, Operator>;
