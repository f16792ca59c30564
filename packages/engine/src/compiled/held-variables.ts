import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { InputSpec, Step, VariableSpec } from '../engine.ts';
import { EngineError } from '../engine-error.ts';
import { checkVariableValues } from '../host-values.ts';
import { sameShape, type Graph } from '../graph/graph.ts';
import { fromStored } from '../stored-layout.ts';
import { tf, withBackend } from '../tf.ts';
import { callSite } from '../trace/call-site.ts';
import { RECORDING_BACKEND, recordingBackend } from '../trace/recording-backend.ts';
import { trace, type TracedVariable } from '../trace/trace.ts';

/** A variable as steps see it: which slot of an engine's state it stands for. */
export interface HeldVariable extends TracedVariable {
  readonly name: string;
  /** TF.js shape. */
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  readonly variable: Variable;
}

/** The variables of a compiling engine; `S` is what the engine keeps of each. */
export class HeldVariables<S extends object> {
  readonly #owner: object;
  readonly #read: (held: HeldVariable & S) => Promise<Float32Array | Int32Array>;
  readonly #slots = new Map<number, HeldVariable & S>();
  readonly #byVariable = new WeakMap<Variable, HeldVariable & S>();
  #next = 0;

  /** `read` gives the values of a variable in stored layout. */
  constructor(owner: object, read: (held: HeldVariable & S) => Promise<Float32Array | Int32Array>) {
    this.#owner = owner;
    this.#read = read;
  }

  get slots(): ReadonlyMap<number, HeldVariable & S> {
    return this.#slots;
  }

  /** Makes a variable whose tensor stands for a slot; `keep` makes what the engine keeps of it. */
  make(spec: VariableSpec, keep: (type: Pick<HeldVariable, 'shape' | 'dtype'>) => S): Variable {
    const backend = recordingBackend();
    const slot = this.#next++;
    const dtype = spec.dtype ?? 'float32';
    if (spec.values) checkVariableValues(spec, spec.values);
    const type = { shape: [...spec.shape], dtype };
    return withBackend(RECORDING_BACKEND, () => {
      const state = { slot, name: spec.name, owner: this.#owner };
      const info = backend.makeState(state, type, async () => {
        const held = this.#slots.get(slot)!;
        return fromStored(await this.#read(held), held.shape);
      });
      const keeper = tf.keep(tf.engine().makeTensorFromTensorInfo(info)) as Tensor;
      const variable = tf.variable(keeper, spec.trainable ?? true);
      const assign = variable.assign.bind(variable);
      variable.assign = (value) => {
        backend.requireAccess(state);
        if (sameShape(value.shape, type.shape) && value.dtype === dtype) return assign(value);
        throw new EngineError(
          `the variable ${spec.name} is ${dtype}[${type.shape.join(', ')}], but the step assigns it ` +
            `${value.dtype}[${value.shape.join(', ')}], in ${callSite()}`,
        );
      };
      const restore = (): void => {
        if (variable.dataId !== keeper.dataId) assign(keeper);
      };
      const held = { ...keep(type), slot, name: spec.name, ...type, variable, keeper, restore };
      this.#slots.set(slot, held);
      this.#byVariable.set(variable, held);
      return variable;
    });
  }

  /** What the engine keeps of a variable. @throws EngineError where it is another engine's, or freed. */
  of(variable: Variable): HeldVariable & S {
    const held = this.#byVariable.get(variable);
    if (!held || !this.#slots.has(held.slot)) {
      throw new EngineError('the variable does not belong to this engine');
    }
    return held;
  }

  /** Records a step as a graph. */
  trace(step: Step, inputs: Readonly<Record<string, InputSpec>>, sites = false): Graph {
    const variables = [...this.#slots.values()];
    return trace({ backend: recordingBackend(), owner: this.#owner, variables, step, inputs, sites });
  }

  /** Frees the variables' tensors. */
  dispose(): void {
    withBackend(RECORDING_BACKEND, () => {
      for (const { variable, keeper } of this.#slots.values()) {
        variable.dispose();
        keeper.dispose();
      }
    });
    this.#slots.clear();
  }
}
