import type { Attributes } from '../graph/graph.ts';

/** The list of whole numbers that a node has as attribute `key`. */
export function ints(attributes: Attributes, key: string): readonly number[] {
  const value = attributes[key];
  if (!Array.isArray(value)) throw new Error(`attribute ${key} is not a list of numbers`);
  return value as readonly number[];
}
