import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { DType, Engine, InputSpec, Program, Step, Values, VariableSpec } from '../engine.ts';
import { EngineError } from '../engine-error.ts';
import { checkInputs, checkVariableValues, valuesOf } from '../host-values.ts';
import { acceleratorOf, type Accelerator } from '../names.ts';
import { fromStored, toStored } from '../stored-layout.ts';
import { tf, withBackend } from '../tf.ts';
import { withoutRandomness } from '../trace/determinism-guard.ts';
import { explained } from './kernel-errors.ts';

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
  readonly accelerator: Accelerator;
  readonly device: string;
  readonly stepsPerCall = 1;
  readonly #backend: string;
  readonly #variables = new Map<Variable, VariableSpec>();
  readonly #programs = new Set<Program>();
  #disposed = false;

  constructor({ engine, backend, device }: EagerBackend) {
    this.name = engine;
    this.accelerator = acceleratorOf(engine);
    this.device = device;
    this.#backend = backend;
  }

  #requireUse(): void {
    if (this.#disposed) throw new EngineError('the engine was used after it was disposed of');
  }

  #specOf(variable: Variable): VariableSpec {
    const spec = this.#variables.get(variable);
    if (!spec) throw new EngineError('the variable does not belong to this engine');
    return spec;
  }

  variable({ name, shape, dtype = 'float32', values, trainable = true }: VariableSpec): Variable {
    this.#requireUse();
    const spec = { name, shape: [...shape], dtype };
    if (values) checkVariableValues(spec, values);
    const zeros = dtype === 'float32' ? new Float32Array(sizeOf(shape)) : new Int32Array(sizeOf(shape));
    return withBackend(this.#backend, () => {
      const start = tf.tensor(values ? fromStored(values, shape) : zeros, spec.shape, dtype);
      const variable = tf.variable(start, trainable);
      start.dispose();
      this.#variables.set(variable, spec);
      return variable;
    });
  }

  async read(variable: Variable): Promise<Float32Array | Int32Array> {
    this.#specOf(variable);
    const values = (await variable.data()) as Float32Array | Int32Array;
    return toStored(values, variable.shape);
  }

  write(variable: Variable, values: Float32Array | Int32Array): void {
    const { name, shape, dtype = 'float32' } = this.#specOf(variable);
    checkVariableValues({ name, shape, dtype }, values);
    withBackend(this.#backend, () => {
      const tensor = tf.tensor(fromStored(values, shape), [...shape], dtype);
      variable.assign(tensor);
      tensor.dispose();
    });
  }

  async compile(step: Step, inputs: Readonly<Record<string, InputSpec>>): Promise<Program> {
    this.#requireUse();
    const program: Program = new EagerProgram({
      engine: this.name,
      backend: this.#backend,
      step,
      inputs,
      onDispose: () => this.#programs.delete(program),
    });
    this.#programs.add(program);
    return Promise.resolve(program);
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    await Promise.all([...this.#programs].map((program) => program.dispose()));
    withBackend(this.#backend, () => this.#variables.forEach((_spec, variable) => variable.dispose()));
    this.#variables.clear();
  }
}

interface EagerStep {
  readonly engine: string;
  readonly backend: string;
  readonly step: Step;
  readonly inputs: Readonly<Record<string, InputSpec>>;
  readonly onDispose: () => void;
}

class EagerProgram implements Program {
  readonly description = { nodes: 0, compileMs: 0 };
  readonly #step: EagerStep;
  #disposed = false;

  constructor(step: EagerStep) {
    this.#step = step;
  }

  async run(values: Readonly<Record<string, Values>>): Promise<Record<string, Values>> {
    const { backend, inputs } = this.#step;
    checkInputs(inputs, values);
    if (this.#disposed) throw new EngineError('a program was run after it was disposed of');
    const outputs = withBackend(backend, () => tf.tidy(() => this.#callStep(values)));
    const read = Object.entries(outputs).map(async ([name, tensor]) => {
      // A copy: TF.js's cpu backend returns the array that a variable of the same data computes with, and after a cast it
      // is an array of the other type.
      const data = valuesOf(tensor.dtype as DType, (await tensor.data()) as Values);
      tensor.dispose();
      return [name, data] as const;
    });
    return Object.fromEntries(await Promise.all(read));
  }

  async runSeries(series: readonly Readonly<Record<string, Values>>[]): Promise<Record<string, Values>[]> {
    const outputs: Record<string, Values>[] = [];
    for (const values of series) outputs.push(await this.run(values));
    return outputs;
  }

  #callStep(values: Readonly<Record<string, Values>>): Record<string, Tensor> {
    try {
      return this.#call(values);
    } catch (error) {
      throw explained(error, this.#step.engine);
    }
  }

  #call(values: Readonly<Record<string, Values>>): Record<string, Tensor> {
    const { inputs, step } = this.#step;
    const tensors = Object.entries(inputs).map(([name, { shape, dtype = 'float32' }]) => {
      // A copy: a step may keep its input in a variable, and the caller may fill its array anew.
      return [name, tf.tensor(values[name]!.slice(), [...shape], dtype)] as const;
    });
    const outputs = withoutRandomness(() => step(Object.fromEntries(tensors)));
    // Clones, because an output may be a variable, or one tensor under two names.
    const clones = Object.fromEntries(
      Object.entries(outputs).map(([name, tensor]) => [name, tensor.clone()]),
    );
    // A step must keep what it carries out of a gradient's scope; nobody else lets go of it.
    for (const tensor of Object.values(outputs)) {
      if (tensor.kept && !(tensor instanceof tf.Variable)) tensor.dispose();
    }
    return clones;
  }

  dispose(): Promise<void> {
    this.#disposed = true;
    this.#step.onDispose();
    return Promise.resolve();
  }
}
