import type { OperationName } from './program-format.ts';

/** A place in a program's memory: 0 the arena, 1 the constants, 2 + k state slot k; the offset counts words. */
export interface Place {
  readonly space: number;
  readonly offset: number;
}

/** Finds where a value lies. */
export type Locate = (value: number) => Place;

/** One instruction before memory is planned. Values are the roots of a `Flow`, or temporary ones. */
export interface Operation {
  readonly name: OperationName;
  /** For people: `conv forward [16,64,64,3] by [4,4,3,64] direct`. */
  readonly label: string;
  readonly reads: readonly number[];
  readonly writes: readonly number[];
  /** Results and the operands whose memory they may take over when these are not needed any more. */
  readonly inPlace: readonly { readonly write: number; readonly read: number }[];
  readonly payload: (locate: Locate) => number[];
}

/** The address of an operand, as instructions have it. */
export const address = ({ space, offset }: Place, more = 0): number[] => [space, offset + more];
