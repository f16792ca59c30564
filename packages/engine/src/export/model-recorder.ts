import type { Variable } from '@tensorflow/tfjs-core';
import type { Engine, InputSpec, Program, Step, VariableSpec } from '../engine.ts';
import { EngineError } from '../engine-error.ts';
import type { Graph } from '../graph/graph.ts';
import { checkVariableValues } from '../host-values.ts';
import { fromStored } from '../stored-layout.ts';
import { tf, withBackend } from '../tf.ts';
import { RECORDING_BACKEND, recordingBackend } from '../trace/recording-backend.ts';
import { trace, type TracedVariable } from '../trace/trace.ts';

/** A variable of the model. */
interface Weight extends TracedVariable {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  /** Stored layout. */
  readonly values: Float32Array | Int32Array;
}

/** A variable of the model, with its values. */
export interface ModelWeight {
  readonly name: string;
  /** TF.js shape. */
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  /** Stored layout: see `storedShape`. */
  readonly values: Float32Array | Int32Array;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** An engine that computes nothing: networks are built on it to be written to model files. */
export class ModelRecorder implements Engine {
  readonly name = 'recorder';
  readonly accelerator = 'cpu';
  readonly device = 'none';
  readonly stepsPerCall = 1;
  readonly #weights: Weight[] = [];

  variable(spec: VariableSpec): Variable {
    const backend = recordingBackend();
    const { name, dtype = 'float32' } = spec;
    const shape = [...spec.shape];
    if (spec.values) checkVariableValues(spec, spec.values);
    const size = sizeOf(shape);
    const zeros = dtype === 'float32' ? new Float32Array(size) : new Int32Array(size);
    const values = spec.values?.slice() ?? zeros;
    return withBackend(RECORDING_BACKEND, () => {
      const state = { slot: this.#weights.length, name, owner: this };
      const info = backend.makeState(state, { shape, dtype }, () =>
        Promise.resolve(fromStored(values, shape)),
      );
      const keeper = tf.keep(tf.engine().makeTensorFromTensorInfo(info));
      const variable = tf.variable(keeper, spec.trainable ?? true);
      const assign = variable.assign.bind(variable);
      const restore = (): void => {
        if (variable.dataId !== keeper.dataId) assign(keeper);
      };
      this.#weights.push({ slot: state.slot, name, shape, dtype, values, variable, keeper, restore });
      return variable;
    });
  }

  #weightOf(variable: Variable): Weight {
    const weight = this.#weights.find((candidate) => candidate.variable === variable);
    if (!weight) throw new EngineError('the variable does not belong to this recorder');
    return weight;
  }

  read(variable: Variable): Promise<Float32Array | Int32Array> {
    return Promise.resolve(this.#weightOf(variable).values.slice());
  }

  write(variable: Variable, values: Float32Array | Int32Array): void {
    const weight = this.#weightOf(variable);
    checkVariableValues(weight, values);
    weight.values.set(values);
  }

  /** The step as it was traced, in TF.js's layout. @throws EngineError when it assigns variables. */
  graph(step: Step, inputs: Readonly<Record<string, InputSpec>>): Graph {
    const backend = recordingBackend();
    const graph = trace({ backend, owner: this, step, inputs, variables: this.#weights });
    const assigned = graph.state.find(({ write }) => write !== undefined);
    if (assigned) {
      throw new EngineError(`a model file cannot assign ${this.weight(assigned.slot).name}`, {
        cure: 'write the network as it evaluates, not as it trains',
      });
    }
    return graph;
  }

  /** The values behind a slot of state in `graph`. */
  weight(slot: number): ModelWeight {
    return this.#weights[slot]!;
  }

  /** Always rejects, with an EngineError: a recorder writes models and runs none. */
  compile(): Promise<Program> {
    return Promise.reject(new EngineError('a recorder writes models and runs none'));
  }

  dispose(): Promise<void> {
    withBackend(RECORDING_BACKEND, () => {
      for (const { variable, keeper } of this.#weights) {
        (variable as Variable).dispose();
        keeper.dispose();
      }
    });
    this.#weights.length = 0;
    return Promise.resolve();
  }
}
