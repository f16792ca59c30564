import { sameShape, sizeOf, uniformValue, type Graph } from '../graph.ts';
import { rewrite, type Rule } from '../rewrite.ts';
import { ints } from '../../trace/kernel-rule.ts';

/** Which constant, on which side, leaves the other operand as it is. */
const NEUTRAL: Readonly<Record<string, { readonly left?: number; readonly right: number }>> = {
  Add: { left: 0, right: 0 },
  Sub: { right: 0 },
  Multiply: { left: 1, right: 1 },
  RealDiv: { right: 1 },
  Pow: { right: 1 },
};

/** x·1, x+0, x−0, x/1: the other operand, broadcast when the constant was the larger one. */
const neutralOperand: Rule = (node, g) => {
  const neutral = NEUTRAL[node.kernel];
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

/** Operations that change nothing, and chains of reshapes. */
const noOperation: Rule = (node, g) => {
  const x = node.inputs[0]!;
  const type = g.type(x);
  switch (node.kernel) {
    case 'Cast':
      return node.attributes['dtype'] === type.dtype ? x : undefined;
    case 'BroadcastTo':
      return sameShape(ints(node.attributes, 'shape'), type.shape) ? x : undefined;
    case 'Tile':
      return ints(node.attributes, 'reps').every((n) => n === 1) ? x : undefined;
    case 'Transpose':
      return ints(node.attributes, 'perm').every((axis, i) => axis === i) ? x : undefined;
    case 'Slice':
      return sameShape(ints(node.attributes, 'size'), type.shape) ? x : undefined;
    case 'Reshape': {
      const shape = ints(node.attributes, 'shape');
      if (sameShape(shape, type.shape)) return x;
      const before = g.producer(x);
      return before?.kernel === 'Reshape' ? g.emit('Reshape', [before.inputs[0]!], { shape }) : undefined;
    }
    case 'All':
    case 'Any':
    case 'Max':
    case 'Mean':
    case 'Min':
    case 'Prod':
    case 'Sum': {
      if (sizeOf(type.shape) === 0) return undefined;
      const axes = ints(node.attributes, 'axes');
      if (!axes.every((axis) => type.shape[axis] === 1)) return undefined;
      if (node.attributes['keepDims'] === true) return x;
      return g.emit('Reshape', [x], { shape: type.shape.filter((_n, axis) => !axes.includes(axis)) });
    }
    default:
      return undefined;
  }
};

/** A uniform constant in another shape is a uniform constant. */
const reshapedConstant: Rule = (node, g) => {
  if (node.kernel !== 'Reshape' && node.kernel !== 'BroadcastTo') return undefined;
  const x = node.inputs[0]!;
  const fill = uniformValue(g.constant(x));
  if (fill === undefined) return undefined;
  return g.fill({ shape: ints(node.attributes, 'shape'), dtype: g.type(x).dtype }, fill);
};

/** Removes what has no effect. */
export const foldIdentities = (graph: Graph): Graph =>
  rewrite(graph, [neutralOperand, reshapedConstant, noOperation]);
