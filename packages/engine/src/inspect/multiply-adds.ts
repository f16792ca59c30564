import { sizeOf, valueOf, type Graph, type Node } from '../graph/graph.ts';

/**
 * Multiply-adds of a node in an NCHW graph: each output pixel of a convolution takes one for each element of the filter
 * that makes it, and both gradients of a convolution take as many as the convolution itself. Padding is counted as if it
 * were computed with. Kernels that are no sums of products have none.
 */
export function multiplyAdds(graph: Graph, node: Node): number {
  const shape = (id: number): readonly number[] => valueOf(graph, id).shape;
  const [a, b] = node.inputs as [number, number];
  const output = node.outputs[0]!;
  switch (node.kernel) {
    case 'BatchMatMul': {
      const inner = shape(a).at(node.attributes['transposeA'] === true ? -2 : -1)!;
      return sizeOf(shape(output)) * inner;
    }
    case 'Conv2D':
      return convolution(shape(output), shape(b));
    case 'Conv2DBackpropInput':
      return convolution(shape(a), shape(b));
    case 'Conv2DBackpropFilter':
      return convolution(shape(b), shape(output));
    default:
      return 0;
  }
}

/** Of the forward pass: its output [N, O, h, w] by its filter [O, I, kh, kw]. */
const convolution = (output: readonly number[], filter: readonly number[]): number =>
  sizeOf(output) * sizeOf(filter.slice(1));
