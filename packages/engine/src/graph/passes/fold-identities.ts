import { sameShape, uniformValue, type Graph } from '../graph.ts';
import { operatorOf } from '../operators/index.ts';
import { rewrite, type Rule } from '../rewrite.ts';

/** x·1, x+0, x−0, x/1 become x, which is broadcast when the constant has the larger shape. */
const neutralOperand: Rule = (node, g) => {
  const { neutral } = operatorOf(node.kernel);
  if (!neutral) return undefined;
  const [a, b] = node.inputs as [number, number];
  const kept =
    uniformValue(g.constant(b)) === neutral.right
      ? a
      : neutral.left !== undefined && uniformValue(g.constant(a)) === neutral.left
        ? b
        : undefined;
  if (kept === undefined) return undefined;
  const constant = kept === a ? b : a;
  const { shape } = g.type(kept);
  const rank = Math.max(shape.length, g.type(constant).shape.length);
  const full = Array.from({ length: rank }, (_, i) =>
    Math.max(shape.at(i - rank) ?? 1, g.type(constant).shape.at(i - rank) ?? 1),
  );
  return sameShape(full, shape) ? kept : g.emit('BroadcastTo', [kept], { shape: full });
};

/** Operations that keep the elements of their operand become reshapes or vanish; chains of reshapes become one. */
const noOperation: Rule = (node, g) => {
  const x = node.inputs[0]!;
  const type = g.type(x);
  const operator = operatorOf(node.kernel);
  if (!operator.keepsElements?.(type, node.attributes)) return undefined;
  const { shape } = operator.infer([type], node.attributes);
  if (sameShape(shape, type.shape)) return x;
  if (node.kernel !== 'Reshape') return g.emit('Reshape', [x], { shape });
  const before = g.producer(x);
  return before?.kernel === 'Reshape' ? g.emit('Reshape', [before.inputs[0]!], { shape }) : undefined;
};

/** A reshaped or broadcast constant of equal elements becomes a constant. */
const reshapedConstant: Rule = (node, g) => {
  if (node.kernel !== 'Reshape' && node.kernel !== 'BroadcastTo') return undefined;
  const x = node.inputs[0]!;
  const fill = uniformValue(g.constant(x));
  if (fill === undefined) return undefined;
  return g.fill(operatorOf(node.kernel).infer([g.type(x)], node.attributes), fill);
};

/** Removes operations that change nothing. */
export const foldIdentities = (graph: Graph): Graph =>
  rewrite(graph, [neutralOperand, reshapedConstant, noOperation]);
