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
import {
  acceleratorOf,
  EXECUTION_PROVIDERS,
  type Accelerator,
  type ExecutionProvider,
  type OnnxEngineName,
} from '../names.ts';
import { fromStored } from '../stored-layout.ts';
import { tf, withBackend } from '../tf.ts';
import { callSite } from '../trace/call-site.ts';
import { RECORDING_BACKEND, recordingBackend } from '../trace/recording-backend.ts';
import { trace, type TraceRequest, type TracedVariable } from '../trace/trace.ts';
import { shortNativeMessage } from './device-check.ts';
import { Downloader } from './download.ts';
import { lower, stateOutName } from './lower.ts';
import { encodeModel, type OnnxGraph } from './model.ts';
import { OnnxProgram } from './program.ts';
import { seriesOf } from './series.ts';
import { hostTensor, isOnDevice, replace, type StateSlot } from './state-store.ts';

/** How an ONNX Runtime engine runs. */
export interface OnnxEngineOptions {
  readonly provider?: ExecutionProvider;
  /** CPU threads; default 2. Results have the same bits only with the same number of threads. */
  readonly threads?: number;
  /**
   * Steps per session call; above 1, a step is compiled as a series. Default 16 on CUDA, where onnxruntime-node cannot
   * keep memory between calls, so that each call copies the whole state to the GPU and back; otherwise 1.
   */
  readonly stepsPerCall?: number;
  /** Milliseconds from an arbitrary start; used only to report compile times. */
  readonly monotonic?: () => number;
  /**
   * Lets threads that have no work wait in a loop for some time before they sleep. Default true, as in ONNX Runtime:
   * `session.intra_op.allow_spinning`. Without it a step uses less processor time, and takes longer on an idle machine.
   */
  readonly spinning?: boolean;
  /** Verify the graph after every pass, not only at the end: for tests. */
  readonly verifyPasses?: boolean;
}

type Slot = StateSlot & TracedVariable;

const nameOf = (provider: ExecutionProvider): OnnxEngineName =>
  (Object.keys(EXECUTION_PROVIDERS) as OnnxEngineName[]).find(
    (name) => EXECUTION_PROVIDERS[name] === provider,
  )!;

/** The session option that leaves new state on the device. */
const onDevice = (state: Graph['state']): Record<string, 'gpu-buffer'> =>
  Object.fromEntries(state.map(({ slot }) => [stateOutName(slot), 'gpu-buffer']));

/** Compiles steps into ONNX graphs and runs each as one ONNX Runtime call. */
export class OnnxEngine implements Engine {
  readonly name: OnnxEngineName;
  readonly accelerator: Accelerator;
  readonly device: string;
  readonly stepsPerCall: number;
  readonly #provider: ExecutionProvider;
  readonly #threads: number;
  readonly #options: OnnxEngineOptions;
  readonly #slots = new Map<number, Slot>();
  readonly #byVariable = new WeakMap<Variable, Slot>();
  readonly #programs = new Set<Program>();
  /** Set when calls leave their state on the device, where the next call finds it. */
  readonly #downloader: Downloader | undefined;
  #nextSlot = 0;
  #disposed = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: OnnxEngineOptions = {}) {
    this.#options = options;
    this.#provider = options.provider ?? 'cpu';
    this.name = nameOf(this.#provider);
    this.accelerator = acceleratorOf(this.name);
    this.#threads = options.threads ?? 2;
    this.stepsPerCall = options.stepsPerCall ?? (this.#provider === 'cuda' ? 16 : 1);
    this.#downloader = this.#provider === 'webgpu' ? new Downloader(this.#provider) : undefined;
    this.device = this.#provider === 'cpu' ? `CPU, ${this.#threads} threads` : this.#provider;
  }

  variable(spec: VariableSpec): Variable {
    this.#requireUse();
    const backend = recordingBackend();
    const slot = this.#nextSlot++;
    const dtype = spec.dtype ?? 'float32';
    if (spec.values) checkVariableValues(spec, spec.values);
    const type = { shape: [...spec.shape], dtype };
    return withBackend(RECORDING_BACKEND, () => {
      const state = { slot, name: spec.name, owner: this };
      const info = backend.makeState(state, type, async () =>
        fromStored(await this.#valuesOf(this.#slots.get(slot)!), type.shape),
      );
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
      const held: Slot = {
        slot,
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
      this.#slots.set(slot, held);
      this.#byVariable.set(variable, held);
      return variable;
    });
  }

  #requireUse(): void {
    if (this.#disposed) throw new EngineError('the engine was used after it was disposed of');
  }

  #slotOf(variable: Variable): Slot {
    const slot = this.#byVariable.get(variable);
    if (!slot || !this.#slots.has(slot.slot))
      throw new EngineError('the variable does not belong to this engine');
    return slot;
  }

  async #valuesOf(slot: StateSlot): Promise<Float32Array | Int32Array> {
    if (!isOnDevice(slot)) return (slot.current.data as Float32Array | Int32Array).slice();
    return this.#inTurn(() => this.#downloader!.download(slot.current));
  }

  async read(variable: Variable): Promise<Float32Array | Int32Array> {
    return this.#valuesOf(this.#slotOf(variable));
  }

  write(variable: Variable, values: Float32Array | Int32Array): void {
    const slot = this.#slotOf(variable);
    checkVariableValues(slot, values);
    if (isOnDevice(slot)) replace(slot, hostTensor(slot, values.slice() as Float32Array | Int32Array));
    else (slot.current.data as Float32Array | Int32Array).set(values);
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

  /** Describes what `compile` would run; nothing is loaded or run. @throws EngineError as `compile` does. */
  inspect(step: Step, inputs: Readonly<Record<string, InputSpec>>): StepInspection {
    return inspectGraph(this.#trace({ step, inputs, sites: true }), {
      slots: this.#slots,
      lower: (graph) => {
        const byNode: string[][] = [];
        const { nodes } = lower(graph, (written) => byNode.push(written.map(({ op }) => op)));
        return { byNode, all: nodes.map(({ op }) => op) };
      },
    });
  }

  async compile(step: Step, inputs: Readonly<Record<string, InputSpec>>): Promise<Program> {
    this.#requireUse();
    const clock = this.#options.monotonic ?? (() => 0);
    const start = clock();
    const graph = this.graph(step, inputs);
    const onnx = lower(graph);
    const changed = graph.state.filter(({ write }) => write !== undefined);
    const isSeries = this.stepsPerCall > 1 && changed.length > 0 && graph.inputs.length > 0;
    const keepsOnDevice = this.#downloader !== undefined && changed.length > 0;
    if (keepsOnDevice) await this.#downloader.open();
    const session = await this.#load(
      isSeries ? seriesOf(onnx, changed, graph.inputs) : onnx,
      keepsOnDevice ? { preferredOutputLocation: onDevice(changed) } : {},
    );
    const program = new OnnxProgram({
      session,
      isSeries,
      keepsOnDevice,
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

  async #load(model: OnnxGraph, options: InferenceSession.SessionOptions): Promise<InferenceSession> {
    const { spinning = true } = this.#options;
    try {
      return await InferenceSession.create(encodeModel(model), {
        ...options,
        executionProviders: this.#provider === 'cpu' ? ['cpu'] : [this.#provider, 'cpu'],
        intraOpNumThreads: this.#threads,
        interOpNumThreads: 1,
        graphOptimizationLevel: 'all',
        logSeverityLevel: 3,
        // Not `set_denormal_as_zero`: the first session of a process then changes JavaScript's arithmetic too.
        extra: { session: { intra_op: { allow_spinning: spinning ? '1' : '0' } } },
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
    // Before the sessions: the device is closed with the last of them.
    await this.#turn;
    for (const slot of this.#slots.values()) if (isOnDevice(slot)) slot.current.dispose();
    await Promise.all([...this.#programs].map((program) => program.dispose()));
    await this.#downloader?.dispose();
    withBackend(RECORDING_BACKEND, () => {
      for (const slot of this.#slots.values()) {
        slot.variable.dispose();
        slot.keeper.dispose();
      }
    });
    this.#slots.clear();
  }
}
