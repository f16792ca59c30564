import type { Lowering, OnnxWriter } from './lowering.ts';

function maybeTransposed(w: OnnxWriter, id: number, transposed: boolean): string {
  if (!transposed) return w.name(id);
  const rank = w.type(id).shape.length;
  const perm = [...Array(rank - 2).keys(), rank - 1, rank - 2];
  return w.emit('Transpose', [w.name(id)], { perm });
}

const matMul: Lowering = (node, w) => {
  const [a, b] = node.inputs as [number, number];
  const [transA, transB] = [node.attributes['transposeA'] === true, node.attributes['transposeB'] === true];
  // TF.js calls every matrix product a batched one; a batch of one is a Gemm.
  const isPlain = [a, b].every((id) =>
    w
      .type(id)
      .shape.slice(0, -2)
      .every((n) => n === 1),
  );
  if (isPlain) {
    const plain = (id: number): string =>
      w.emit('Reshape', [w.name(id), w.int64(w.type(id).shape.slice(-2))]);
    const product = w.emit('Gemm', [plain(a), plain(b)], { transA: transA ? 1 : 0, transB: transB ? 1 : 0 });
    return w.result(node, { op: 'Reshape', inputs: [product, w.int64(w.type(node.outputs[0]!).shape)] });
  }
  w.result(node, {
    op: 'MatMul',
    inputs: [maybeTransposed(w, a, transA), maybeTransposed(w, b, transB)],
  });
};

export const linear: Readonly<Record<string, Lowering>> = { BatchMatMul: matMul };
