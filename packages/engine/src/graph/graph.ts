import type { DType, Values } from '../engine.ts';

/** Shape and type of a tensor. */
export interface Type {
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** An edge of the graph: one tensor, written once. */
export interface Value extends Type {
  readonly id: number;
}

/** Attributes of a node, in the form that the record of its operator gives them. */
export type Attributes = Readonly<Record<string, number | boolean | string | readonly number[] | undefined>>;

/** Where a node comes from, for people: no computation depends on it. */
export interface Origin {
  /** The innermost `scope` of the step that the operation was called in. */
  readonly scope: string | undefined;
  /** Where the author's code called TF.js; recorded on request only. */
  readonly site: string | undefined;
}

/** One operation. `kernel` is the TF.js kernel that the operator is named after. */
export interface Node<A extends Attributes = Attributes> {
  readonly kernel: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly attributes: A;
  /** Passes keep it: a replacement has the origin of the node that it replaces. */
  readonly origin?: Origin | undefined;
}

/** A constant: all values, or the one value that fills it. */
export type Constant = { readonly values: Values } | { readonly fill: number };

/** State that the engine holds between calls: the value that the step reads, and the value that it leaves. */
export interface StateEdge {
  /** Key of the engine's state slot. */
  readonly slot: number;
  /** Value of the state at the start of the step; undefined when the step never reads it. */
  readonly read: number | undefined;
  /** Value of the state at the end of the step; undefined when the step never assigns it. */
  readonly write: number | undefined;
}

/** A step as a graph in topological order. Shapes are static. */
export interface Graph {
  readonly values: ReadonlyMap<number, Value>;
  readonly nodes: readonly Node[];
  readonly constants: ReadonlyMap<number, Constant>;
  readonly inputs: readonly { readonly name: string; readonly value: number }[];
  readonly outputs: readonly { readonly name: string; readonly value: number }[];
  readonly state: readonly StateEdge[];
}

/** The value with this id. */
export function valueOf(graph: { readonly values: ReadonlyMap<number, Value> }, id: number): Value {
  const value = graph.values.get(id);
  if (!value) throw new Error(`graph has no value ${id}`);
  return value;
}

/** Number of elements. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

/** True when both shapes are the same. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

/** The constant's only value when all its elements are equal, else undefined. */
export function uniformValue(constant: Constant | undefined): number | undefined {
  if (!constant) return undefined;
  if ('fill' in constant) return constant.fill;
  const first = constant.values[0];
  return constant.values.every((v) => v === first) ? first : undefined;
}

/** Ids of the values that the caller receives: outputs and new state. */
export function rootsOf(graph: Graph): number[] {
  return [
    ...graph.outputs.map((output) => output.value),
    ...graph.state.flatMap((edge) => (edge.write === undefined ? [] : [edge.write])),
  ];
}

/** The graph with `rename` applied to each use of a value. */
export function renameUses(graph: Graph, rename: (id: number) => number): Graph {
  return {
    ...graph,
    nodes: graph.nodes.map((node) => ({ ...node, inputs: node.inputs.map(rename) })),
    outputs: graph.outputs.map((output) => ({ ...output, value: rename(output.value) })),
    state: graph.state.map((edge) => ({
      ...edge,
      write: edge.write === undefined ? undefined : rename(edge.write),
    })),
  };
}
