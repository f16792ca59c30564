import { sizeOf } from '../graph.ts';
import { broadcastShape } from './elementwise.ts';
import { tfjsLayout } from './layout.ts';
import type { OnnxWriter } from './onnx.ts';
import { operator, type Operator } from './operator.ts';
import { attribute, inputs } from './tensorflow.ts';

/** ONNX name of a matrix operand with its last two axes swapped, if `transposed`. */
function maybeTransposed(w: OnnxWriter, id: number, transposed: boolean): string {
  if (!transposed) return w.name(id);
  const rank = w.type(id).shape.length;
  const perm = [...Array(rank - 2).keys(), rank - 1, rank - 2];
  return w.emit('Transpose', [w.name(id)], { perm });
}

/** Products of matrices. */
export const matrixOperators = {
  BatchMatMul: operator<{ transposeA: boolean; transposeB: boolean }>({
    inputs: ['a', 'b'],
    canonical: (attrs) => ({
      transposeA: Boolean(attrs['transposeA']),
      transposeB: Boolean(attrs['transposeB']),
    }),
    infer: ([a, b], { transposeA, transposeB }) => {
      const rows = a!.shape.at(transposeA ? -1 : -2)!;
      const columns = b!.shape.at(transposeB ? -2 : -1)!;
      const batch = broadcastShape(a!.shape.slice(0, -2), b!.shape.slice(0, -2));
      return { shape: [...batch, rows, columns], dtype: a!.dtype };
    },
    layout: tfjsLayout,
    onnx: (node, w) => {
      const [a, b] = node.inputs as [number, number];
      const { transposeA, transposeB } = node.attributes;
      const isSingle = (id: number): boolean =>
        w
          .type(id)
          .shape.slice(0, -2)
          .every((n) => n === 1);
      if (!isSingle(a) || !isSingle(b)) {
        const factors = [maybeTransposed(w, a, transposeA), maybeTransposed(w, b, transposeB)];
        return w.result(node, { op: 'MatMul', inputs: factors });
      }
      // TF.js calls every product of matrices a batched one; a batch of one is a Gemm.
      const matrix = (id: number): string =>
        w.emit('Reshape', [w.name(id), w.int64(w.type(id).shape.slice(-2))]);
      const product = w.emit('Gemm', [matrix(a), matrix(b)], {
        transA: transposeA ? 1 : 0,
        transB: transposeB ? 1 : 0,
      });
      const { shape } = w.type(node.outputs[0]!);
      w.result(node, { op: 'Reshape', inputs: [product, w.int64(shape)] });
    },
    tensorflow: (node, w) => ({
      op: 'BatchMatMulV2',
      input: inputs(node, w),
      attr: {
        adj_x: attribute.bool(node.attributes.transposeA),
        adj_y: attribute.bool(node.attributes.transposeB),
      },
    }),
    multiplyAdds: ({ inputs: [a], output }, { transposeA }) => sizeOf(output) * a!.at(transposeA ? -2 : -1)!,
  }),
} satisfies Record<string, Operator>;
