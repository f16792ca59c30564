import { InferenceSession } from 'onnxruntime-node';
import type { Variable } from '@tensorflow/tfjs-core';
import type { Engine, InputSpec, Program, Step, VariableSpec } from '../engine.ts';
import { EngineError } from '../engine-error.ts';
import { runPasses } from '../graph/passes/index.ts';
import { verify } from '../graph/verify.ts';
import type { Graph } from '../graph/graph.ts';
import { fromStored } from '../stored-layout.ts';
import { tf, withBackend } from '../tf.ts';
import { RECORDING_BACKEND, recordingBackend } from '../trace/recording-backend.ts';
import { trace, type TracedVariable } from '../trace/trace.ts';
import { shortNativeMessage } from './device-check.ts';
import { lower } from './lower/index.ts';
import { encodeModel } from './model.ts';
import { OnnxProgram } from './program.ts';
import { hostTensor, type StateSlot } from './state-store.ts';

/** ONNX Runtime execution providers we know how to ask for. */
export type ExecutionProvider = 'cpu' | 'webgpu' | 'cuda';

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

  constructor(options: OnnxEngineOptions = {}) {
    this.#options = options;
    this.#provider = options.provider ?? 'cpu';
    this.#threads = options.threads ?? 2;
    this.device = this.#provider === 'cpu' ? `CPU, ${this.#threads} threads` : this.#provider;
  }

  variable(spec: VariableSpec): Variable {
    const backend = recordingBackend();
    const id = this.#nextSlot++;
    const dtype = spec.dtype ?? 'float32';
    const type = { shape: [...spec.shape], dtype };
    return withBackend(RECORDING_BACKEND, () => {
      const keeper = tf
        .engine()
        .makeTensorFromTensorInfo(backend.makeState(id, type, () => this.#toTfjs(this.#slots.get(id)!)));
      tf.keep(keeper);
      const variable = tf.variable(keeper, spec.trainable ?? true);
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
          if (variable.dataId !== keeper.dataId) variable.assign(keeper);
        },
      };
      this.#slots.set(id, slot);
      this.#byVariable.set(variable, slot);
      return variable;
    });
  }

  #toTfjs(slot: StateSlot): Float32Array | Int32Array {
    return fromStored(slot.current.data as Float32Array | Int32Array, slot.shape);
  }

  #slotOf(variable: Variable): Slot {
    const slot = this.#byVariable.get(variable);
    if (!slot) throw new EngineError('the variable does not belong to this engine');
    return slot;
  }

  read(variable: Variable): Promise<Float32Array | Int32Array> {
    return Promise.resolve((this.#slotOf(variable).current.data as Float32Array | Int32Array).slice());
  }

  write(variable: Variable, values: Float32Array | Int32Array): void {
    const slot = this.#slotOf(variable);
    const target = slot.current.data as Float32Array | Int32Array;
    if (values.length !== target.length) {
      throw new EngineError(`${slot.name} has ${target.length} values, got ${values.length}`);
    }
    target.set(values);
  }

  /** The graph of a step after all passes: what `compile` runs, for inspection. */
  graph(step: Step, inputs: Readonly<Record<string, InputSpec>>): Graph {
    const traced = trace({ backend: recordingBackend(), step, inputs, variables: [...this.#slots.values()] });
    const graph = runPasses(traced, this.#options.verifyPasses ? verify : undefined);
    verify(graph);
    return graph;
  }

  async compile(step: Step, inputs: Readonly<Record<string, InputSpec>>): Promise<Program> {
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
      description: { nodes: onnx.nodes.length, compileMs: clock() - start },
    });
    this.#programs.add(program);
    return program;
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
    await Promise.all([...this.#programs].map((program) => program.dispose()));
    this.#programs.clear();
    withBackend(RECORDING_BACKEND, () => {
      for (const slot of this.#slots.values()) {
        slot.variable.dispose();
        slot.keeper.dispose();
      }
    });
    this.#slots.clear();
  }
}
