import type { Graph } from '../graph.ts';
import { delayBroadcasts } from './delay-broadcasts.ts';
import { eliminateDead } from './eliminate-dead.ts';
import { foldIdentities } from './fold-identities.ts';
import { fuseSumSquare } from './fuse-sum-square.ts';
import { imageLayout } from './image-layout.ts';
import { mergeCommon } from './merge-common.ts';

/** One pass: a graph to a graph that computes the same. */
export interface Pass {
  readonly name: string;
  readonly run: (graph: Graph) => Graph;
}

/** What a traced graph goes through before it is lowered, in this order. */
export const PASSES: readonly Pass[] = [
  { name: 'merge-common', run: mergeCommon },
  { name: 'fold-identities', run: foldIdentities },
  { name: 'delay-broadcasts', run: delayBroadcasts },
  { name: 'delay-broadcasts', run: delayBroadcasts },
  { name: 'fold-identities', run: foldIdentities },
  { name: 'fuse-sum-square', run: fuseSumSquare },
  { name: 'merge-common', run: mergeCommon },
  { name: 'eliminate-dead', run: eliminateDead },
  { name: 'image-layout', run: imageLayout },
  { name: 'fold-identities', run: foldIdentities },
  { name: 'merge-common', run: mergeCommon },
  { name: 'eliminate-dead', run: eliminateDead },
];

/** Applies `PASSES`, calling `check` on the graph after each. */
export function runPasses(graph: Graph, check: (graph: Graph, pass: string) => void = () => {}): Graph {
  return PASSES.reduce((before, pass) => {
    const after = pass.run(before);
    check(after, pass.name);
    return after;
  }, graph);
}
