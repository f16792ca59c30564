import {
  KernelBackend,
  registerBackend,
  registerKernel,
  type BackendValues,
  type DataType,
  type NamedAttrMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import * as tfjsExports from '@tensorflow/tfjs-core';
import type { DType, Values } from '../engine.ts';
import { EngineError } from '../engine-error.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Attributes, Type, Value } from '../graph/graph.ts';
import { isOperator, operatorOf } from '../graph/operators/index.ts';
import { callSite } from './call-site.ts';
import { MACROS } from './macros.ts';
import type { HeldState, Recording } from './recording.ts';
import { currentScope } from './scope.ts';

/** Name of the TF.js backend that records kernels instead of running them. */
export const RECORDING_BACKEND = 'medgan-recording';

/** What a TF.js data id stands for in this backend. */
type Datum = { references: number; readonly type: Type } & (
  | { readonly kind: 'state'; readonly state: HeldState; readonly read: () => Promise<BackendValues> }
  | { readonly kind: 'value'; readonly builder: GraphBuilder; readonly id: number }
  | { readonly kind: 'host'; readonly values: Values }
);

const UNREADABLE = (what: string): EngineError =>
  new EngineError(
    `the step reads the values of a tensor (${what}), which do not exist while it is compiled`,
    {
      cure: 'compute with TF.js operations only (tf.where instead of if), or run with engine: wasm or cpu',
    },
  );

/** A TF.js backend whose kernels append nodes to the graph being recorded. */
export class RecordingBackend extends KernelBackend {
  readonly #data = new Map<object, Datum>();
  #recorded: Recording | undefined;
  #failure: EngineError | undefined;

  /** Runs `body` with its kernels recorded. */
  record<T>(recording: Recording, body: () => T): T {
    if (this.#recorded) throw new EngineError('a step compiles another step while it is compiled itself');
    this.#recorded = recording;
    this.#failure = undefined;
    try {
      const result = body();
      if (this.#failure) throw this.#failure as EngineError;
      return result;
    } finally {
      this.#recorded = undefined;
    }
  }

  /** @throws EngineError unless a step of the engine that holds `state` is being recorded. */
  requireAccess({ name, owner }: HeldState): void {
    if (this.#recording().owner === owner) return;
    throw new EngineError(`the step uses the variable ${name} of another engine, in ${callSite()}`, {
      cure: 'make the variable with the engine that compiles the step',
    });
  }

  /** A data id that stands for a slot of engine-held state. */
  makeState(state: HeldState, type: Type, read: () => Promise<BackendValues>): TensorInfo {
    return this.#info({ kind: 'state', state, type, read, references: 1 });
  }

  /** A data id that stands for a value of the graph being recorded. */
  makeValue(value: Value): TensorInfo {
    return this.#info({
      kind: 'value',
      builder: this.#recording().builder,
      id: value.id,
      type: value,
      references: 1,
    });
  }

  /** The graph value behind a tensor; constants and state enter the graph on first use. */
  graphValue(info: TensorInfo): Value {
    const { builder } = this.#recording();
    const datum = this.#data.get(info.dataId);
    if (!datum) {
      throw new EngineError(
        `the step uses a tensor [${info.shape.join(', ')}] made outside of it on another TF.js backend`,
        { cure: 'pass it as an input, or keep it in a variable of the engine' },
      );
    }
    switch (datum.kind) {
      case 'state':
        this.requireAccess(datum.state);
        return builder.readState(datum.state.slot, datum.type);
      case 'host':
        return builder.constant(datum.type, datum.values);
      case 'value':
        if (datum.builder !== builder) {
          throw new EngineError('the step uses a tensor that was made by an earlier call of a step', {
            cure: 'keep it in a variable of the engine instead',
          });
        }
        return builder.get(datum.id);
    }
  }

  #recording(): Recording {
    if (!this.#recorded) {
      throw new EngineError('a TF.js operation on engine-held tensors was called outside of a step', {
        cure: 'put it into a step and compile that, or use engine.read and engine.write',
      });
    }
    return this.#recorded;
  }

  #info(datum: Datum): TensorInfo {
    const dataId = {};
    this.#data.set(dataId, datum);
    return { dataId, shape: [...datum.type.shape], dtype: datum.type.dtype };
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): object {
    if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') {
      throw new EngineError(`tensors of type ${dtype} cannot be compiled`);
    }
    const kept =
      dtype === 'float32'
        ? Float32Array.from(values as Float32Array)
        : dtype === 'int32'
          ? Int32Array.from(values as Int32Array)
          : Uint8Array.from(values as Uint8Array);
    return this.#info({ kind: 'host', values: kept, type: { shape, dtype }, references: 1 }).dataId;
  }

  // eslint-disable-next-line max-params -- TF.js's signature
  override move(
    dataId: object,
    values: BackendValues,
    shape: number[],
    dtype: DataType,
    references: number,
  ): void {
    const type: Type = { shape, dtype: dtype as DType };
    this.#data.set(dataId, { kind: 'host', values: values as Values, type, references });
  }

  override readSync(dataId: object): BackendValues {
    const datum = this.#data.get(dataId);
    if (datum?.kind === 'host') return datum.values;
    if (datum?.kind === 'state' && !this.#recorded) {
      // TF.js also reads a variable to move it to another backend; the engine would lose it.
      throw new EngineError(`the variable ${datum.state.name} of a compiled engine is read outside of it`, {
        cure: 'use it in steps of its engine only, or read its values with await engine.read(variable)',
      });
    }
    throw UNREADABLE(`in ${callSite()}`);
  }

  override read(dataId: object): Promise<BackendValues> {
    const datum = this.#data.get(dataId);
    const isHeld = datum?.kind === 'state' && !this.#recorded;
    if (isHeld) return datum.read();
    if (datum?.kind === 'host') return Promise.resolve(datum.values);
    // TF.js would hide the error in a promise that the step may never await; `record` throws it.
    this.#failure ??= UNREADABLE(`in ${callSite()}`);
    return new Promise(() => undefined);
  }

  override disposeData(dataId: object, force = false): boolean {
    const datum = this.#data.get(dataId);
    if (!datum) return true;
    datum.references--;
    if (!force && datum.references > 0) return false;
    this.#data.delete(dataId);
    return true;
  }

  override incRef(dataId: object): void {
    const datum = this.#data.get(dataId);
    if (datum) datum.references++;
  }

  override refCount(dataId: object): number {
    return this.#data.get(dataId)?.references ?? 0;
  }

  override numDataIds(): number {
    return this.#data.size;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }

  override timerAvailable(): boolean {
    return false;
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {
    this.#data.clear();
  }

  /** Records one call of a TF.js kernel. */
  call(
    kernel: string,
    named: Readonly<Record<string, TensorInfo | undefined>>,
    attrs: NamedAttrMap,
  ): TensorInfo | TensorInfo[] {
    const { builder, sites } = this.#recording();
    const scope = currentScope();
    const site = sites ? callSite() : undefined;
    const origin = scope === undefined && site === undefined ? undefined : { scope, site };
    const given = Object.entries(named).filter(
      (entry): entry is [string, TensorInfo] => entry[1] !== undefined,
    );
    const inputs = Object.fromEntries(given.map(([name, info]) => [name, this.graphValue(info)]));
    const emit = (name: string, operands: readonly Value[], attributes?: Attributes): Value => {
      const ids = operands.map(({ id }) => id);
      return builder.emit(name, ids, attributes);
    };
    const result = builder.from(origin, () => {
      const macro = MACROS.get(kernel);
      if (macro) return macro({ emit, builder, inputs, attrs });
      const operator = operatorOf(kernel);
      const operands =
        operator.inputs === 'list' ? Object.values(inputs) : operator.inputs.map((name) => inputs[name]!);
      return emit(kernel, operands, operator.canonical?.(attrs, operands));
    });
    return Array.isArray(result) ? result.map((v) => this.makeValue(v)) : this.makeValue(result);
  }
}

/** All kernels of TF.js: a kernel without an operator then fails with our message instead of TF.js's. */
const ALL_KERNELS: readonly string[] = Object.entries(tfjsExports).flatMap(
  ([name, value]: [string, unknown]) => (typeof value === 'string' && /^_?[A-Z]/.test(name) ? [value] : []),
);

let singleton: RecordingBackend | undefined;

/** The recording backend of the process. There is one, because TF.js keeps backends by name. */
export function recordingBackend(): RecordingBackend {
  if (singleton) return singleton;
  const backend = new RecordingBackend();
  registerBackend(RECORDING_BACKEND, () => backend, 0);
  for (const kernel of ALL_KERNELS) {
    registerKernel({
      kernelName: kernel,
      backendName: RECORDING_BACKEND,
      kernelFunc: ({ inputs, attrs }) => {
        if (kernel === 'Identity') {
          const x = inputs['x']!;
          backend.incRef(x.dataId);
          return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
        }
        if (!isOperator(kernel) && !MACROS.has(kernel)) {
          throw new EngineError(`TF.js kernel ${kernel}, called in ${callSite()}, cannot be compiled`, {
            cure: 'use other TF.js operations, or run with engine: wasm or cpu',
          });
        }
        try {
          return backend.call(kernel, inputs, attrs ?? {});
        } catch (error) {
          if (error instanceof EngineError) throw error;
          throw new EngineError(`${kernel}, called in ${callSite()}: ${(error as Error).message}`, {
            cause: error,
          });
        }
      },
    });
  }
  singleton = backend;
  return backend;
}
