import { CHAIN_LIMITS } from './program-format.ts';
import { ints } from './attributes.ts';
import type { Node } from '../graph/graph.ts';
import { Unsupported } from './unsupported.ts';

/** How the elements of a tensor, counted row by row, are found in the words of another. */
export interface View {
  /** Words before the first element. */
  readonly offset: number;
  readonly lengths: readonly number[];
  readonly strides: readonly number[];
}

/** Words from one index to the next, by axis, of a dense tensor. */
export function denseStrides(shape: readonly number[]): number[] {
  return shape.map((_n, axis) => shape.slice(axis + 1).reduce((product, n) => product * n, 1));
}

/** The same view with as few axes as possible: axes of length 1 dropped, those that follow one another merged. */
function simplified({ offset, lengths, strides }: View): View {
  const kept: { length: number; stride: number }[] = [];
  lengths.forEach((length, axis) => {
    if (length === 1) return;
    const stride = strides[axis]!;
    const last = kept.at(-1);
    if (last && last.stride === stride * length)
      kept[kept.length - 1] = { length: last.length * length, stride };
    else kept.push({ length, stride });
  });
  if (kept.length > CHAIN_LIMITS.rank) throw new Unsupported(`a view of ${kept.length} axes`);
  return { offset, lengths: kept.map((a) => a.length), strides: kept.map((a) => a.stride) };
}

/** `shape` as it is broadcast to `full`. */
export function broadcastView(shape: readonly number[], full: readonly number[]): View {
  const dense = denseStrides(shape);
  const strides = full.map((_n, axis) => {
    const own = axis - (full.length - shape.length);
    return own < 0 || shape[own] === 1 ? 0 : dense[own]!;
  });
  return simplified({ offset: 0, lengths: full, strides });
}

type Given = readonly number[];

/** Kernels whose output is a view of their input: from the input's shape and the node. */
const VIEWS: Readonly<Record<string, (shape: Given, node: Node, out: Given) => View>> = {
  BroadcastTo: (shape, _node, out) => broadcastView(shape, out),
  Transpose: (shape, node, out) => {
    const dense = denseStrides(shape);
    return { offset: 0, lengths: out, strides: ints(node.attributes, 'perm').map((axis) => dense[axis]!) };
  },
  Slice: (shape, node, out) => {
    const dense = denseStrides(shape);
    const offset = ints(node.attributes, 'begin').reduce((sum, b, axis) => sum + b * dense[axis]!, 0);
    return { offset, lengths: out, strides: dense };
  },
  Tile: (shape, node) => {
    const dense = denseStrides(shape);
    return {
      offset: 0,
      lengths: ints(node.attributes, 'reps').flatMap((reps, axis) => [reps, shape[axis]!]),
      strides: dense.flatMap((stride) => [0, stride]),
    };
  },
  ResizeNearestNeighbor: (shape, node) => {
    const [n, h, w, c] = shape as [number, number, number, number];
    const [fh, fw] = ints(node.attributes, 'factors') as [number, number];
    return { offset: 0, lengths: [n, h, fh, w, fw, c], strides: [h * w * c, w * c, 0, c, 0, 1] };
  },
};

export const isView = (node: Node): boolean => node.kernel in VIEWS;

/** What a node with `isView` makes of its input. */
export function viewOf(node: Node, shape: Given, out: Given): View {
  return simplified(VIEWS[node.kernel]!(shape, node, out));
}
