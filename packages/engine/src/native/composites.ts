import type { Graph } from '../graph/graph.ts';
import { rewrite, type Rule } from '../graph/rewrite.ts';

/** x [..., C] with statistics [C]: one factor a channel, computed on [C]. */
const batchNorm: Rule = (node, g) => {
  if (node.kernel !== 'FusedBatchNorm') return undefined;
  const [x, mean, variance, offset, scale] = node.inputs as [number, number, number, number, number];
  const epsilon = g.fill({ shape: [], dtype: 'float32' }, node.attributes['epsilon'] as number);
  const deviation = g.emit('Rsqrt', [g.emit('Add', [variance, epsilon])]);
  const factor = g.emit('Multiply', [scale, deviation]);
  const scaled = g.emit('Multiply', [g.emit('Sub', [x, mean]), factor]);
  return g.emit('Add', [scaled, offset]);
};

const sumOfSquares: Rule = (node, g) =>
  node.kernel === 'SumSquare'
    ? g.emit('Sum', [g.emit('Square', [node.inputs[0]!])], node.attributes)
    : undefined;

const softmax: Rule = (node, g) => {
  if (node.kernel !== 'Softmax') return undefined;
  const x = node.inputs[0]!;
  const attributes = { axes: [node.attributes['axis'] as number], keepDims: true };
  const powers = g.emit('Exp', [g.emit('Sub', [x, g.emit('Max', [x], attributes)])]);
  return g.emit('RealDiv', [powers, g.emit('Sum', [powers], attributes)]);
};

/** Bilinear resizing gives floats, whatever it is given. */
const resizeWhole: Rule = (node, g) => {
  if (node.kernel !== 'ResizeBilinear' || g.type(node.inputs[0]!).dtype === 'float32') return undefined;
  const floats = g.emit('Cast', [node.inputs[0]!], { dtype: 'float32' });
  return g.emit('ResizeBilinear', [floats], node.attributes);
};

/** Writes kernels that are element-wise operations and reductions as these, so that they join chains. */
export const expandComposites = (graph: Graph): Graph =>
  rewrite(graph, [batchNorm, sumOfSquares, softmax, resizeWhole]);
