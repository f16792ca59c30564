import type { GraphBuilder } from '../graph/builder.ts';

/** The recording of one step. */
export interface Recording {
  readonly builder: GraphBuilder;
  /** The engine whose variables the step may use. */
  readonly owner: object;
  /** Records for each node where it was called. */
  readonly sites?: boolean;
}

/** A slot of state that an engine holds. */
export interface HeldState {
  readonly slot: number;
  readonly name: string;
  /** The engine that holds it: each engine counts its own slots. */
  readonly owner: object;
}
