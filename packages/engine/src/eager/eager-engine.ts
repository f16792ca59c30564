import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Engine, InputSpec, Program, Step, Values, VariableSpec } from '../engine.ts';
import { EngineError } from '../engine-error.ts';
import { fromStored, storedShape, toStored } from '../stored-layout.ts';
import { tf, withBackend } from '../tf.ts';
import { withoutRandomness } from '../trace/determinism-guard.ts';

/** A TF.js backend to compute on, already initialised. */
export interface EagerBackend {
  /** The engine's name: `wasm`, `cpu`, `tfjs-node`, … */
  readonly engine: string;
  /** TF.js's name of the backend. */
  readonly backend: string;
  readonly device: string;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** Runs steps kernel by kernel on a TF.js backend. */
export class EagerEngine implements Engine {
  readonly name: string;
  readonly device: string;
  readonly #backend: string;
  readonly #variables = new Set<Variable>();

  constructor({ engine, backend, device }: EagerBackend) {
    this.name = engine;
    this.device = device;
    this.#backend = backend;
  }

  #check(variable: Variable): void {
    if (!this.#variables.has(variable)) throw new EngineError('the variable does not belong to this engine');
  }

  #tensor(values: Float32Array | Int32Array, shape: readonly number[]): Tensor {
    return tf.tensor(values, [...shape], values instanceof Float32Array ? 'float32' : 'int32');
  }

  variable(spec: VariableSpec): Variable {
    const { shape, dtype = 'float32', values } = spec;
    const zeros = dtype === 'float32' ? new Float32Array(sizeOf(shape)) : new Int32Array(sizeOf(shape));
    return withBackend(this.#backend, () => {
      const start = this.#tensor(values ? fromStored(values, shape) : zeros, shape);
      const variable = tf.variable(start, spec.trainable ?? true);
      start.dispose();
      this.#variables.add(variable);
      return variable;
    });
  }

  async read(variable: Variable): Promise<Float32Array | Int32Array> {
    this.#check(variable);
    const values = (await variable.data()) as Float32Array | Int32Array;
    return toStored(values, variable.shape);
  }

  write(variable: Variable, values: Float32Array | Int32Array): void {
    this.#check(variable);
    if (values.length !== variable.size) {
      throw new EngineError(
        `a variable [${storedShape(variable.shape).join(', ')}] got ${values.length} values`,
      );
    }
    withBackend(this.#backend, () => {
      const tensor = this.#tensor(fromStored(values, variable.shape), variable.shape);
      variable.assign(tensor);
      tensor.dispose();
    });
  }

  compile(step: Step, inputs: Readonly<Record<string, InputSpec>>): Promise<Program> {
    return Promise.resolve(new EagerProgram(this.#backend, step, inputs));
  }

  dispose(): Promise<void> {
    withBackend(this.#backend, () => this.#variables.forEach((variable) => variable.dispose()));
    this.#variables.clear();
    return Promise.resolve();
  }
}

class EagerProgram implements Program {
  readonly description = { nodes: 0, compileMs: 0 };
  readonly #backend: string;
  readonly #step: Step;
  readonly #inputs: Readonly<Record<string, InputSpec>>;

  constructor(backend: string, step: Step, inputs: Readonly<Record<string, InputSpec>>) {
    this.#backend = backend;
    this.#step = step;
    this.#inputs = inputs;
  }

  async run(values: Readonly<Record<string, Values>>): Promise<Record<string, Values>> {
    const outputs = withBackend(this.#backend, () =>
      tf.tidy(() => {
        const tensors = Object.fromEntries(
          Object.entries(this.#inputs).map(([name, { shape, dtype = 'float32' }]) => {
            const given = values[name];
            if (!given || given.length !== sizeOf(shape)) {
              throw new EngineError(
                `input ${name} must have ${sizeOf(shape)} values, got ${given?.length ?? 'nothing'}`,
              );
            }
            return [name, tf.tensor(given, [...shape], dtype)];
          }),
        );
        return withoutRandomness(() => this.#step(tensors)) as Record<string, Tensor>;
      }),
    );
    const read = await Promise.all(
      Object.entries(outputs).map(async ([name, tensor]) => {
        const data = (await tensor.data()) as Values;
        tensor.dispose();
        return [name, data] as const;
      }),
    );
    return Object.fromEntries(read);
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }
}
