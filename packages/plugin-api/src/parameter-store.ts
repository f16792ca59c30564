import type { Variable } from '@tensorflow/tfjs-core';
import { storedShape, type Engine } from '@medgan/engine';
import type { ParameterScope, ParameterSpec } from './architecture.ts';
import { MedganError } from '@medgan/files';
import type { Rng } from './rng.ts';

/** One named tensor of a network's state. */
export interface StoredParameter {
  /** Full name, such as `main.0.weight`. */
  readonly name: string;
  readonly variable: Variable;
  readonly trainable: boolean;
  /** Saved as int64 of one element, as PyTorch's `num_batches_tracked`. */
  readonly counter: boolean;
}

/** A network's parameters by name, in the order they were made, living in one engine. */
export class ParameterStore {
  readonly #engine: Engine;
  readonly #rng: Rng;
  readonly #parameters = new Map<string, StoredParameter>();

  /** Start values come from `rng`, one stream a name: adding a layer leaves the others' values as they were. */
  constructor(engine: Engine, rng: Rng) {
    this.#engine = engine;
    this.#rng = rng;
  }

  /** The scope an architecture makes its parameters in. */
  get root(): ParameterScope {
    return this.#scope('');
  }

  /** Every parameter and counter, in the order they were made. */
  list(): StoredParameter[] {
    return [...this.#parameters.values()];
  }

  /** The variables an optimiser changes, in the same order. */
  trainable(): Variable[] {
    return this.list().flatMap((p) => (p.trainable ? [p.variable] : []));
  }

  /** Numbers an optimiser changes. */
  get trainableCount(): number {
    return this.trainable().reduce((sum, variable) => sum + variable.size, 0);
  }

  #scope(prefix: string): ParameterScope {
    return {
      scope: (name) => this.#scope(`${prefix}${name}.`),
      parameter: (name, spec) => this.#make(`${prefix}${name}`, spec),
      counter: (name) => this.#counter(`${prefix}${name}`),
    };
  }

  #make(name: string, { shape, init, trainable = true }: ParameterSpec): Variable {
    const values = init(storedShape(shape), this.#rng.split(name));
    const variable = this.#engine.variable({ name, shape, values, trainable });
    return this.#keep({ name, variable, trainable, counter: false });
  }

  #counter(name: string): Variable {
    const variable = this.#engine.variable({ name, shape: [], dtype: 'int32', trainable: false });
    return this.#keep({ name, variable, trainable: false, counter: true });
  }

  #keep(parameter: StoredParameter): Variable {
    if (this.#parameters.has(parameter.name)) {
      throw new MedganError(`an architecture makes the parameter ${parameter.name} twice`, {
        cure: 'give each layer a scope of its own: parameters.scope("main.3")',
      });
    }
    this.#parameters.set(parameter.name, parameter);
    return parameter.variable;
  }
}
