import type { DType, Values } from '../engine.ts';
import {
  sizeOf,
  valueOf,
  type Attributes,
  type Constant,
  type Graph,
  type Node,
  type Origin,
  type StateEdge,
  type Value,
} from './graph.ts';

/** Shape and type of a value to be made. */
export interface Type {
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** Appends nodes and constants to a graph under construction. Ids only grow. */
export class GraphBuilder {
  readonly values = new Map<number, Value>();
  readonly constants = new Map<number, Constant>();
  readonly nodes: Node[] = [];
  readonly inputs: { name: string; value: number }[] = [];
  readonly outputs: { name: string; value: number }[] = [];
  readonly state = new Map<number, StateEdge>();
  /** Where the nodes come from that are made next. */
  origin: Origin | undefined;
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

  node(
    kernel: string,
    inputs: readonly number[],
    spec: { attributes?: Attributes; outputs: readonly Type[] },
  ): Value[] {
    const outputs = spec.outputs.map((type) => this.value(type));
    this.nodes.push({
      kernel,
      inputs: [...inputs],
      outputs: outputs.map((value) => value.id),
      attributes: spec.attributes ?? {},
      ...(this.origin ? { origin: this.origin } : {}),
    });
    return outputs;
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

/** All elements of a constant, spelled out. */
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
