import { InferenceSession } from 'onnxruntime-node';
import type { Variable } from '@tensorflow/tfjs-core';
import type { Engine, InputSpec, Program, Step, VariableSpec } from '../engine.ts';
import { EngineError } from '../engine-error.ts';
import { checkVariableValues } from '../host-values.ts';
import { runPasses } from '../graph/passes/index.ts';
import { verify } from '../graph/verify.ts';
import { sameShape, type Graph } from '../graph/graph.ts';
import { inspectGraph } from '../inspect/inspect-graph.ts';
import type { StepInspection } from '../inspect/inspection.ts';
import { fromStored } from '../stored-layout.ts';
import { tf, withBackend } from '../tf.ts';
import { callSite } from '../trace/call-site.ts';
import { RECORDING_BACKEND, recordingBackend } from '../trace/recording-backend.ts';
import { trace, type TraceRequest, type TracedVariable } from '../trace/trace.ts';
import { shortNativeMessage } from './device-check.ts';
import { lower } from './lower/index.ts';
import { encodeModel } from './model.ts';
import { OnnxProgram } from './program.ts';
import { hostTensor, type StateSlot } from './state-store.ts';

/** ONNX Runtime execution providers we know how to ask for. */
export type ExecutionProvider = 'cpu' | 'webgpu' | 'cuda';

/** How an ONNX Runtime engine runs. */
export interface OnnxEngineOptions {
  readonly provider?: ExecutionProvider;
  /** CPU threads; default 2. Results are bit-equal only at equal thread counts. */
  readonly threads?: number;
  /** Milliseconds from an arbitrary start; used only to report compile times. */
  readonly monotonic?: () => number;
  /** Verify the graph after every pass, not only at the end: for tests. */
  readonly verifyPasses?: boolean;
}

type Slot = StateSlot & TracedVariable;

/** Compiles steps into ONNX graphs and runs each as one ONNX Runtime call. */
export class OnnxEngine implements Engine {
  readonly name = 'onnx';
  readonly device: string;
  readonly #provider: ExecutionProvider;
  readonly #threads: number;
  readonly #options: OnnxEngineOptions;
  readonly #slots = new Map<number, Slot>();
  readonly #byVariable = new WeakMap<Variable, Slot>();
  readonly #programs = new Set<Program>();
  #nextSlot = 0;
  #disposed = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: OnnxEngineOptions = {}) {
    this.#options = options;
    this.#provider = options.provider ?? 'cpu';
    this.#threads = options.threads ?? 2;
    this.device = this.#provider === 'cpu' ? `CPU, ${this.#threads} threads` : this.#provider;
  }

  variable(spec: VariableSpec): Variable {
    this.#requireUse();
    const backend = recordingBackend();
    const id = this.#nextSlot++;
    const dtype = spec.dtype ?? 'float32';
    if (spec.values) checkVariableValues(spec, spec.values);
    const type = { shape: [...spec.shape], dtype };
    return withBackend(RECORDING_BACKEND, () => {
      const state = { slot: id, name: spec.name, owner: this };
      const info = backend.makeState(state, type, () => this.#toTfjs(this.#slots.get(id)!));
      const keeper = tf.keep(tf.engine().makeTensorFromTensorInfo(info));
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
      const slot: Slot = {
        id,
        slot: id,
        name: spec.name,
        ...type,
        variable,
        keeper,
        current: hostTensor(type, spec.values?.slice() as Float32Array | undefined),
        spare: undefined,
        restore: () => {
          if (variable.dataId !== keeper.dataId) assign(keeper);
        },
      };
      this.#slots.set(id, slot);
      this.#byVariable.set(variable, slot);
      return variable;
    });
  }

  #requireUse(): void {
    if (this.#disposed) throw new EngineError('the engine was used after it was disposed of');
  }

  #toTfjs(slot: StateSlot): Float32Array | Int32Array {
    return fromStored(slot.current.data as Float32Array | Int32Array, slot.shape);
  }

  #slotOf(variable: Variable): Slot {
    const slot = this.#byVariable.get(variable);
    if (!slot || !this.#slots.has(slot.id))
      throw new EngineError('the variable does not belong to this engine');
    return slot;
  }

  read(variable: Variable): Promise<Float32Array | Int32Array> {
    return Promise.resolve((this.#slotOf(variable).current.data as Float32Array | Int32Array).slice());
  }

  write(variable: Variable, values: Float32Array | Int32Array): void {
    const slot = this.#slotOf(variable);
    checkVariableValues(slot, values);
    (slot.current.data as Float32Array | Int32Array).set(values);
  }

  #trace(traced: Pick<TraceRequest, 'step' | 'inputs' | 'sites'>): Graph {
    const variables = [...this.#slots.values()];
    return trace({ backend: recordingBackend(), owner: this, variables, ...traced });
  }

  /** The graph of a step after all passes: what `compile` runs. */
  graph(step: Step, inputs: Readonly<Record<string, InputSpec>>): Graph {
    const graph = runPasses(this.#trace({ step, inputs }), this.#options.verifyPasses ? verify : undefined);
    verify(graph);
    return graph;
  }

  /** What `compile` would run, laid open; nothing is loaded or run. @throws EngineError as `compile` does. */
  inspect(step: Step, inputs: Readonly<Record<string, InputSpec>>): StepInspection {
    return inspectGraph(this.#trace({ step, inputs, sites: true }), this.#slots);
  }

  async compile(step: Step, inputs: Readonly<Record<string, InputSpec>>): Promise<Program> {
    this.#requireUse();
    const clock = this.#options.monotonic ?? (() => 0);
    const start = clock();
    const graph = this.graph(step, inputs);
    const onnx = lower(graph);
    const session = await this.#load(encodeModel(onnx));
    const program = new OnnxProgram({
      session,
      graph,
      inputs,
      slots: this.#slots,
      inTurn: (task) => this.#inTurn(task),
      onDispose: (disposed) => this.#programs.delete(disposed),
      description: { nodes: onnx.nodes.length, compileMs: clock() - start },
    });
    this.#programs.add(program);
    return program;
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(task);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #load(model: Uint8Array): Promise<InferenceSession> {
    try {
      return await InferenceSession.create(model, {
        executionProviders: this.#provider === 'cpu' ? ['cpu'] : [this.#provider, 'cpu'],
        intraOpNumThreads: this.#threads,
        interOpNumThreads: 1,
        graphOptimizationLevel: 'all',
        logSeverityLevel: 3,
      });
    } catch (error) {
      throw new EngineError(
        `ONNX Runtime (${this.#provider}) refused the step: ${shortNativeMessage((error as Error).message)}`,
        { cause: error, cure: 'run `medgan doctor` to see which engines and devices work here' },
      );
    }
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    await Promise.all([...this.#programs].map((program) => program.dispose()));
    withBackend(RECORDING_BACKEND, () => {
      for (const slot of this.#slots.values()) {
        slot.variable.dispose();
        slot.keeper.dispose();
      }
    });
    this.#slots.clear();
  }
}
