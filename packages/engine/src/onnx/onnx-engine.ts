import { InferenceSession } from 'onnxruntime-node';
import type { Variable } from '@tensorflow/tfjs-core';
import { HeldVariables } from '../compiled/held-variables.ts';
import { Turns } from '../compiled/turns.ts';
import type { Engine, InputSpec, Program, Step, VariableSpec } from '../engine.ts';
import { EngineError } from '../engine-error.ts';
import { checkVariableValues } from '../host-values.ts';
import { runPasses } from '../graph/passes/index.ts';
import { verify } from '../graph/verify.ts';
import type { Graph } from '../graph/graph.ts';
import { inspectGraph } from '../inspect/inspect-graph.ts';
import type { StepInspection } from '../inspect/inspection.ts';
import {
  acceleratorOf,
  EXECUTION_PROVIDERS,
  type Accelerator,
  type ExecutionProvider,
  type OnnxEngineName,
} from '../names.ts';
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

type Buffers = Pick<StateSlot, 'current' | 'spare'>;

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
  readonly #variables = new HeldVariables<Buffers>(this, (slot) => this.#valuesOf(slot));
  readonly #programs = new Set<Program>();
  /** Set when calls leave their state on the device, where the next call finds it. */
  readonly #downloader: Downloader | undefined;
  readonly #turns = new Turns();
  #disposed = false;

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
    return this.#variables.make(spec, (type) => ({
      current: hostTensor(type, spec.values?.slice() as Float32Array | undefined),
      spare: undefined,
    }));
  }

  #requireUse(): void {
    if (this.#disposed) throw new EngineError('the engine was used after it was disposed of');
  }

  async #valuesOf(slot: StateSlot): Promise<Float32Array | Int32Array> {
    if (!isOnDevice(slot)) return (slot.current.data as Float32Array | Int32Array).slice();
    return this.#turns.run(() => this.#downloader!.download(slot.current));
  }

  async read(variable: Variable): Promise<Float32Array | Int32Array> {
    return this.#valuesOf(this.#variables.of(variable));
  }

  write(variable: Variable, values: Float32Array | Int32Array): void {
    const slot = this.#variables.of(variable);
    checkVariableValues(slot, values);
    if (isOnDevice(slot)) replace(slot, hostTensor(slot, values.slice() as Float32Array | Int32Array));
    else (slot.current.data as Float32Array | Int32Array).set(values);
  }

  /** The graph of a step after all passes: what `compile` runs. */
  graph(step: Step, inputs: Readonly<Record<string, InputSpec>>): Graph {
    return this.#passed(this.#variables.trace(step, inputs));
  }

  #passed(traced: Graph): Graph {
    const graph = runPasses(traced, this.#options.verifyPasses ? verify : undefined);
    verify(graph);
    return graph;
  }

  /** Describes what `compile` would run; nothing is loaded or run. @throws EngineError as `compile` does. */
  inspect(step: Step, inputs: Readonly<Record<string, InputSpec>>): StepInspection {
    return inspectGraph(this.#variables.trace(step, inputs, true), {
      slots: this.#variables.slots,
      lower: (graph) => {
        const byNode: string[][] = [];
        const { nodes } = lower(graph, (written) => byNode.push(written.map(({ op }) => op)));
        return { byNode, all: nodes.map(({ op }) => op) };
      },
    });
  }

  async compile(step: Step, inputs: Readonly<Record<string, InputSpec>>): Promise<Program> {
    this.#requireUse();
    const start = this.#now();
    return this.#compile(this.graph(step, inputs), inputs, start);
  }

  /** Makes a graph in TF.js's layouts ready, as `compile` does with what it has traced. */
  async compileGraph(traced: Graph, inputs: Readonly<Record<string, InputSpec>>): Promise<Program> {
    this.#requireUse();
    const start = this.#now();
    return this.#compile(this.#passed(traced), inputs, start);
  }

  #now(): number {
    return this.#options.monotonic?.() ?? 0;
  }

  async #compile(graph: Graph, inputs: Readonly<Record<string, InputSpec>>, start: number): Promise<Program> {
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
      slots: this.#variables.slots,
      inTurn: (task) => this.#turns.run(task),
      onDispose: (disposed) => this.#programs.delete(disposed),
      description: { nodes: onnx.nodes.length, compileMs: this.#now() - start },
    });
    this.#programs.add(program);
    return program;
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
    await this.#turns.idle();
    for (const slot of this.#variables.slots.values()) if (isOnDevice(slot)) slot.current.dispose();
    await Promise.all([...this.#programs].map((program) => program.dispose()));
    await this.#downloader?.dispose();
    this.#variables.dispose();
  }
}
