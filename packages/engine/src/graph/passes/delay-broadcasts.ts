import { sameShape, sizeOf, uniformValue, type Graph } from '../graph.ts';
import { operatorOf } from '../operators/index.ts';
import { rewrite, type Rewriter, type Rule } from '../rewrite.ts';

/** The operand before it was broadcast; undefined when it was not. */
function beforeBroadcast(id: number, g: Rewriter): number | undefined {
  const node = g.producer(id);
  return node?.kernel === 'BroadcastTo' ? node.inputs[0]! : undefined;
}

/** An explicit broadcast is not needed when the operator itself broadcasts the operand to the same shape. */
const dropBroadcast: Rule = (node, g) => {
  if (operatorOf(node.kernel).broadcasts === undefined) return undefined;
  const [a, b] = node.inputs as [number, number];
  const [sourceA, sourceB] = [beforeBroadcast(a, g), beforeBroadcast(b, g)];
  if (sourceB !== undefined && sameShape(g.type(a).shape, g.type(b).shape)) {
    return g.emit(node.kernel, [a, sourceB], node.attributes);
  }
  if (sourceA !== undefined && sameShape(g.type(a).shape, g.type(b).shape)) {
    return g.emit(node.kernel, [sourceA, b], node.attributes);
  }
  return undefined;
};

/** op(broadcast(x), scalar) = broadcast(op(x, scalar)): computed on the small tensor. */
const broadcastLater: Rule = (node, g) => {
  if (operatorOf(node.kernel).broadcasts !== 'delay') return undefined;
  const [a, b] = node.inputs as [number, number];
  const small = (id: number): boolean => sizeOf(g.type(id).shape) === 1 && g.type(id).shape.length === 0;
  for (const [x, other, flipped] of [
    [a, b, false],
    [b, a, true],
  ] as const) {
    const source = beforeBroadcast(x, g);
    if (source === undefined || !small(other)) continue;
    const computed = g.emit(node.kernel, flipped ? [other, source] : [source, other], node.attributes);
    return g.emit('BroadcastTo', [computed], g.producer(x)!.attributes);
  }
  return undefined;
};

/** A constant of equal elements becomes a scalar when the other operand already has the full shape. */
const shrinkConstant: Rule = (node, g) => {
  if (operatorOf(node.kernel).broadcasts === undefined) return undefined;
  const [a, b] = node.inputs as [number, number];
  for (const [constant, other, flipped] of [
    [b, a, false],
    [a, b, true],
  ] as const) {
    const fill = uniformValue(g.constant(constant));
    const { shape, dtype } = g.type(constant);
    if (fill === undefined || shape.length === 0) continue;
    const full = g.type(other).shape;
    const covers =
      shape.length <= full.length && shape.every((n, i) => n === 1 || n === full.at(i - shape.length));
    if (!covers) continue;
    const scalar = g.fill({ shape: [], dtype }, fill);
    return g.emit(node.kernel, flipped ? [scalar, other] : [other, scalar], node.attributes);
  }
  return undefined;
};

/** Computes on tensors before they are broadcast, where the result is the same. */
export const delayBroadcasts = (graph: Graph): Graph =>
  rewrite(graph, [dropBroadcast, broadcastLater, shrinkConstant]);
