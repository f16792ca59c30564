import type { Node } from '../graph.ts';
import {
  multiplyAdds,
  nchw,
  readPart,
  restOf,
  tensorflowAttributes,
  type ConvolutionShapes,
  type Shape4,
} from './convolution-lowering.ts';
import { filterGradient, imageGradient } from './convolution-gradients.ts';
import {
  canonicalConvolution,
  convolved,
  type ConvolutionAttributes,
  type ConvolutionGradientAttributes,
} from './convolution-shapes.ts';
import { NCHW, OIHW, imageLayout } from './layout.ts';
import type { OnnxWriter } from './onnx.ts';
import { operator, type Operator } from './operator.ts';
import { inputs, refuseForTensorFlow } from './tensorflow.ts';

const shapesOf = (
  w: OnnxWriter,
  image: number,
  [filter, output]: readonly [number, number],
): ConvolutionShapes => ({
  image: w.type(image).shape as Shape4,
  filter: w.type(filter).shape as Shape4,
  output: w.type(output).shape as Shape4,
});

/**
 * True when the filter covers the whole image once: then the convolution is a product of matrices, which saves
 * unrolling the image. GANs have two such layers, the first of the generator and the last of the discriminator.
 */
const coversImage = (
  node: Node<ConvolutionAttributes>,
  { image, filter, output }: ConvolutionShapes,
): boolean =>
  output[2] === 1 &&
  output[3] === 1 &&
  node.attributes.pads.every((n) => n === 0) &&
  image[2] * image[3] > 0 &&
  image[2] === filter[2] &&
  image[3] === filter[3];

/** A tensor as a matrix of `rows` rows. */
const asMatrix = (w: OnnxWriter, name: string, rows: number): string =>
  w.emit('Reshape', [name, w.int64([rows, -1])]);

/** Convolutions and their gradients. */
export const convolutionOperators = {
  Conv2D: operator<ConvolutionAttributes>({
    inputs: ['x', 'filter'],
    canonical: (attrs, [x, filter]) => canonicalConvolution(attrs, x!.shape, filter!.shape),
    infer: ([x, filter], attributes) => convolved(x!, filter!, attributes),
    layout: imageLayout([NCHW, OIHW]),
    onnx: nchw((node, w) => {
      const [x, kernel] = node.inputs as [number, number];
      const shapes = shapesOf(w, x, [kernel, node.outputs[0]!]);
      const { image, filter, output } = shapes;
      if (coversImage(node, shapes)) {
        const rows = asMatrix(w, w.name(x), image[0]);
        const product = w.emit('Gemm', [rows, asMatrix(w, w.name(kernel), filter[0])], { transB: 1 });
        return w.result(node, { op: 'Reshape', inputs: [product, w.int64(output)] });
      }
      const { strides, dilations, pads } = node.attributes;
      w.result(node, {
        op: 'Conv',
        inputs: [w.name(x), w.name(kernel)],
        attributes: { strides, dilations, pads, kernel_shape: [filter[2], filter[3]] },
      });
    }),
    tensorflow: (node, w) => ({
      op: 'Conv2D',
      input: inputs(node, w),
      attr: tensorflowAttributes(node, w, [node.inputs[0]!, node.outputs[0]!]),
    }),
    multiplyAdds: ({ inputs: [, filter], output }) => multiplyAdds(output, filter!),
  }),

  /** x and dy to dW: see `onnx`. */
  Conv2DBackpropFilter: operator<ConvolutionGradientAttributes>({
    ...filterGradient(convolved),
    // The convolution of x by dy with batch and channels swapped, in which the forward strides become dilations and the
    // forward dilations strides.
    onnx: nchw((node, w) => {
      const [x, dy] = node.inputs as [number, number];
      const shapes = shapesOf(w, x, [node.outputs[0]!, dy]);
      const { image, filter, output } = shapes;
      if (coversImage(node, shapes)) {
        const rows = asMatrix(w, w.name(dy), output[0]);
        const product = w.emit('Gemm', [rows, asMatrix(w, w.name(x), image[0])], { transA: 1 });
        return w.result(node, { op: 'Reshape', inputs: [product, w.int64(filter)] });
      }
      const { strides, dilations, pads } = node.attributes;
      const { source, end } = readPart(w, w.name(x), { attributes: node.attributes, shapes });
      const swapped = { perm: [1, 0, 2, 3] };
      const factors = [w.emit('Transpose', [source], swapped), w.emit('Transpose', [w.name(dy)], swapped)];
      const product = w.emit('Conv', factors, {
        strides: dilations,
        dilations: strides,
        pads: [pads[0]!, pads[1]!, ...end],
        kernel_shape: [output[2], output[3]],
      });
      w.result(node, { op: 'Transpose', inputs: [product], attributes: swapped });
    }),
    multiplyAdds: ({ inputs: [, dy], output }) => multiplyAdds(dy!, output),
  }),

  /** dy and the filter to dx: a transposed convolution. */
  Conv2DBackpropInput: operator<ConvolutionGradientAttributes>({
    ...imageGradient(convolved),
    onnx: nchw((node, w) => {
      const [dy, kernel] = node.inputs as [number, number];
      const shapes = shapesOf(w, node.outputs[0]!, [kernel, dy]);
      const { image, filter, output } = shapes;
      if (coversImage(node, shapes)) {
        const rows = asMatrix(w, w.name(dy), output[0]);
        const product = w.emit('Gemm', [rows, asMatrix(w, w.name(kernel), filter[0])]);
        return w.result(node, { op: 'Reshape', inputs: [product, w.int64(image)] });
      }
      const { strides, dilations, pads } = node.attributes;
      const rest = restOf(node.attributes, { image, filter, output });
      w.result(node, {
        op: 'ConvTranspose',
        inputs: [w.name(dy), w.name(kernel)],
        attributes: { strides, dilations, pads, output_padding: rest, kernel_shape: [filter[2], filter[3]] },
      });
    }),
    // The operands come in another order, the size of the result first.
    tensorflow: (node, w) => {
      const [dy, filter] = inputs(node, w) as [string, string];
      const attr = tensorflowAttributes(node, w, [node.outputs[0]!, node.inputs[0]!]);
      if (node.attributes.dilations.some((n) => n !== 1))
        refuseForTensorFlow(`${node.kernel} with dilations`);
      return { op: 'Conv2DBackpropInput', input: [w.list(w.type(node.outputs[0]!).shape), filter, dy], attr };
    },
    multiplyAdds: ({ inputs: [dy, filter] }) => multiplyAdds(dy!, filter!),
  }),
} satisfies Record<string, Operator>;
