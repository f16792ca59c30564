import { util, type NamedAttrMap } from '@tensorflow/tfjs-core';
import type { GraphBuilder, Type } from '../graph/builder.ts';
import type { Attributes, Value } from '../graph/graph.ts';

/** How a TF.js kernel becomes a node: which inputs in which order, which attributes, which shapes come out. */
export interface KernelRule {
  readonly kernel: string;
  /** TF.js's names of the inputs, in the node's order; `list` when TF.js numbers them. */
  readonly inputs: readonly string[] | 'list';
  /** TF.js attributes in canonical form: padding as numbers, axes non-negative. Default: none. */
  canonical?(attrs: NamedAttrMap, inputs: readonly Value[]): Attributes;
  /** Types of the outputs. Also what the verifier holds every node to, before and after the layout pass. */
  infer(inputs: readonly Type[], attributes: Attributes): Type[];
}

/** Records further kernels from inside a macro. */
export type Emit = (kernel: string, inputs: readonly Value[], attributes?: Attributes) => Value;

/** A TF.js kernel that is recorded as other kernels or as a constant. */
export interface KernelMacro {
  readonly kernel: string;
  expand(call: {
    readonly emit: Emit;
    readonly builder: GraphBuilder;
    readonly inputs: Readonly<Record<string, Value>>;
    readonly attrs: NamedAttrMap;
  }): Value | Value[];
}

/** The integer-array attribute `key`. */
export function ints(attributes: Attributes, key: string): readonly number[] {
  const value = attributes[key];
  if (!Array.isArray(value)) throw new Error(`attribute ${key} is not a list of numbers`);
  return value as readonly number[];
}

/** Non-negative axes, in ascending order; all of them when `axis` is missing. */
export function axesOf(axis: unknown, rank: number): number[] {
  const given = (axis ?? undefined) as number | number[];
  return util.parseAxisParam(given, Array<number>(rank).fill(1)).sort((a, b) => a - b);
}
