import type { Graph } from '../graph.ts';
import { delayBroadcasts } from './delay-broadcasts.ts';
import { eliminateDead } from './eliminate-dead.ts';
import { foldIdentities } from './fold-identities.ts';
import { fuseSumSquare } from './fuse-sum-square.ts';
import { imageLayout } from './image-layout.ts';
import { mergeCommon } from './merge-common.ts';

/** One pass: a function from a graph to a graph that computes the same. */
export interface Pass {
  readonly name: string;
  readonly run: (graph: Graph) => Graph;
}

/** The first of the passes below: the graph stays in TF.js's layouts. */
export const TFJS_LAYOUT_PASSES: readonly Pass[] = [
  { name: 'merge-common', run: mergeCommon },
  { name: 'fold-identities', run: foldIdentities },
  { name: 'delay-broadcasts', run: delayBroadcasts },
  { name: 'fold-identities', run: foldIdentities },
  { name: 'fuse-sum-square', run: fuseSumSquare },
  { name: 'merge-common', run: mergeCommon },
  { name: 'eliminate-dead', run: eliminateDead },
];

/**
 * The passes that a traced graph goes through before it is lowered. Their order:
 *
 * - `merge-common` first: TF.js's gradients repeat whole chains of operations, and the passes after it have less to do.
 * - `fold-identities` turns the products with ones, by which TF.js's gradients broadcast, into `BroadcastTo`, on which
 *   `delay-broadcasts` works. Both leave chains of reshapes and broadcasts, which the second `fold-identities` shortens.
 * - `fuse-sum-square` looks for `Sum` directly behind `Square`, hence after the operations between them are folded.
 * - `merge-common` and `eliminate-dead` remove what is now equal or unused, before `image-layout` converts it.
 * - `image-layout` after every pass that looks for patterns, because patterns are in TF.js's layout. It adds reshapes and
 *   transpositions; the last three passes remove those that are equal, chained or unused.
 */
export const PASSES: readonly Pass[] = [
  ...TFJS_LAYOUT_PASSES,
  { name: 'image-layout', run: imageLayout },
  { name: 'fold-identities', run: foldIdentities },
  { name: 'merge-common', run: mergeCommon },
  { name: 'eliminate-dead', run: eliminateDead },
];

/** Applies `passes`, calling `check` on the graph after each. */
export function runPasses(
  graph: Graph,
  check: (graph: Graph, pass: string) => void = () => {},
  passes: readonly Pass[] = PASSES,
): Graph {
  return passes.reduce((before, pass) => {
    const after = pass.run(before);
    check(after, pass.name);
    return after;
  }, graph);
}
