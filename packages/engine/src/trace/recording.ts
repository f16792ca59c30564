import type { GraphBuilder } from '../graph/builder.ts';

/** What is recorded, for whom, and where to. */
export interface Recording {
  readonly builder: GraphBuilder;
  /** The engine whose variables the step may use. */
  readonly owner: object;
  /** Notes with each node where it was called. */
  readonly sites?: boolean;
}

/** A slot of state that an engine holds. */
export interface HeldState {
  readonly slot: number;
  readonly name: string;
  /** The engine: slots are counted by each engine for itself. */
  readonly owner: object;
}
