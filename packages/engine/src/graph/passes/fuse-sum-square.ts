import type { Graph } from '../graph.ts';
import { rewrite, type Rule } from '../rewrite.ts';

/** Sum(Square(x)) becomes SumSquare(x), which reads x once. */
const sumOfSquares: Rule = (node, g) => {
  if (node.kernel !== 'Sum') return undefined;
  const square = g.producer(node.inputs[0]!);
  const isSquare =
    square?.kernel === 'Square' || (square?.kernel === 'Multiply' && square.inputs[0] === square.inputs[1]);
  return isSquare ? g.emit('SumSquare', [square.inputs[0]!], node.attributes) : undefined;
};

export const fuseSumSquare = (graph: Graph): Graph => rewrite(graph, [sumOfSquares]);
