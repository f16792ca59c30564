import type { Values } from '../engine.ts';
import {
  sizeOf,
  valueOf,
  type Attributes,
  type Constant,
  type Graph,
  type Node,
  type Origin,
  type StateEdge,
  type Type,
  type Value,
} from './graph.ts';
import { operatorOf } from './operators/index.ts';

/** Appends nodes and constants to a graph under construction. Ids only grow. */
export class GraphBuilder {
  readonly values = new Map<number, Value>();
  readonly constants = new Map<number, Constant>();
  readonly nodes: Node[] = [];
  readonly inputs: { name: string; value: number }[] = [];
  readonly outputs: { name: string; value: number }[] = [];
  readonly state = new Map<number, StateEdge>();
  #origin: Origin | undefined;
  #next = 0;

  value(type: Type): Value {
    const value: Value = { id: this.#next++, shape: [...type.shape], dtype: type.dtype };
    this.values.set(value.id, value);
    return value;
  }

  constant(type: Type, values: Values): Value {
    const value = this.value(type);
    const first = values[0];
    const uniform = first !== undefined && values.every((v) => Object.is(v, first));
    this.constants.set(value.id, uniform ? { fill: first } : { values });
    return value;
  }

  fill(type: Type, fill: number): Value {
    const value = this.value(type);
    this.constants.set(value.id, { fill });
    return value;
  }

  /** Appends a node; the operator's record gives the type of its output. */
  emit(kernel: string, inputs: readonly number[], attributes: Attributes = {}): Value {
    const types = inputs.map((id) => this.get(id));
    const output = this.value(operatorOf(kernel).infer(types, attributes));
    this.nodes.push({ kernel, inputs: [...inputs], outputs: [output.id], attributes, origin: this.#origin });
    return output;
  }

  /** Runs `body`; the nodes that it appends come from `origin`. */
  from<T>(origin: Origin | undefined, body: () => T): T {
    const outer = this.#origin;
    this.#origin = origin;
    try {
      return body();
    } finally {
      this.#origin = outer;
    }
  }

  input(name: string, type: Type): Value {
    const value = this.value(type);
    this.inputs.push({ name, value: value.id });
    return value;
  }

  output(name: string, value: number): void {
    this.outputs.push({ name, value });
  }

  readState(slot: number, type: Type): Value {
    const edge = this.state.get(slot);
    if (edge?.read !== undefined) return this.get(edge.read);
    const value = this.value(type);
    this.state.set(slot, { slot, read: value.id, write: edge?.write });
    return value;
  }

  writeState(slot: number, value: number): void {
    this.state.set(slot, { slot, read: this.state.get(slot)?.read, write: value });
  }

  get(id: number): Value {
    return valueOf(this, id);
  }

  build(): Graph {
    return {
      values: this.values,
      constants: this.constants,
      nodes: this.nodes,
      inputs: this.inputs,
      outputs: this.outputs,
      state: [...this.state.values()].sort((a, b) => a.slot - b.slot),
    };
  }
}

/** All elements of a constant as an array. */
export function expandConstant(constant: Constant, type: Type): Values {
  if ('values' in constant) return constant.values;
  const size = sizeOf(type.shape);
  switch (type.dtype) {
    case 'float32':
      return new Float32Array(size).fill(constant.fill);
    case 'int32':
      return new Int32Array(size).fill(constant.fill);
    case 'bool':
      return new Uint8Array(size).fill(constant.fill);
  }
}
