import type { NativeAddon, NativePool } from '@medgan/native';
import type { Variable } from '@tensorflow/tfjs-core';
import { HeldVariables, type HeldVariable } from '../compiled/held-variables.ts';
import { Turns } from '../compiled/turns.ts';
import type { Engine, InputSpec, Program, Step, VariableSpec } from '../engine.ts';
import { EngineError } from '../engine-error.ts';
import { runPasses, TFJS_LAYOUT_PASSES } from '../graph/passes/index.ts';
import { sizeOf, type Graph } from '../graph/graph.ts';
import { verify } from '../graph/verify.ts';
import { checkVariableValues } from '../host-values.ts';
import type { Precision } from '../names.ts';
import { fromStored, toStored } from '../stored-layout.ts';
import { compileGraph, type NativeCode } from './compile.ts';
import { fallbackProgram } from './fallback.ts';
import { NativeProgram } from './native-program.ts';
import { Unsupported } from './unsupported.ts';

/** How the native engine runs. */
export interface NativeEngineOptions {
  readonly addon: NativeAddon;
  /** CPU threads; default 2. Results are the same to the bit for any number. */
  readonly threads?: number;
  /** How convolutions are computed; default `default`. */
  readonly precision?: Precision;
  /** Milliseconds from an arbitrary start; used only to report compile times. */
  readonly monotonic?: () => number;
  /** Verify the graph after every pass, not only at the end: for tests. */
  readonly verifyPasses?: boolean;
  /** Hears, once for each reason, why a step runs by ONNX Runtime instead. */
  readonly onFallback?: (reason: string) => void;
}

/** A variable's values, in TF.js layout. The program writes to them while it runs. */
interface Kept {
  readonly values: Float32Array | Int32Array;
}

type Slot = HeldVariable & Kept;

/** Compiles steps into flat programs and runs each as one call of the native kernels. */
export class NativeEngine implements Engine {
  readonly name = 'native';
  readonly accelerator = 'cpu';
  readonly device: string;
  readonly stepsPerCall = 1;
  readonly #options: NativeEngineOptions;
  readonly #pool: NativePool;
  readonly #variables: HeldVariables<Kept>;
  readonly #programs = new Set<Program>();
  readonly #turns = new Turns();
  readonly #reasons = new Set<string>();
  #disposed = false;

  constructor(options: NativeEngineOptions) {
    this.#options = options;
    const threads = options.threads ?? 2;
    this.#pool = options.addon.createPool(threads);
    this.#variables = new HeldVariables(this, (slot) => this.#valuesOf(slot));
    this.device = `CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'}, ${options.addon.instructionSet}`;
  }

  /** Which algorithms its convolutions use. */
  get precision(): Precision {
    return this.#options.precision ?? 'default';
  }

  variable(spec: VariableSpec): Variable {
    this.#requireUse();
    return this.#variables.make(spec, ({ shape, dtype }) => ({
      values: spec.values
        ? fromStored(spec.values, shape)
        : dtype === 'float32'
          ? new Float32Array(sizeOf(shape))
          : new Int32Array(sizeOf(shape)),
    }));
  }

  #requireUse(): void {
    if (this.#disposed) throw new EngineError('the engine was used after it was disposed of');
  }

  #valuesOf({ values, shape }: Slot): Promise<Float32Array | Int32Array> {
    return this.#turns.run(() => toStored(values, shape));
  }

  async read(variable: Variable): Promise<Float32Array | Int32Array> {
    return this.#valuesOf(this.#variables.of(variable));
  }

  write(variable: Variable, values: Float32Array | Int32Array): void {
    const slot = this.#variables.of(variable);
    checkVariableValues(slot, values);
    const given = fromStored(values, slot.shape);
    // A step that is under way writes to the same memory: the new values come after it.
    if (this.#turns.isIdle) slot.values.set(given);
    else void this.#turns.run(() => slot.values.set(given));
  }

  /** The graph of a step after its passes, in TF.js's layouts. */
  graph(step: Step, inputs: Readonly<Record<string, InputSpec>>): Graph {
    const traced = this.#variables.trace(step, inputs);
    const graph = runPasses(traced, this.#options.verifyPasses ? verify : undefined, TFJS_LAYOUT_PASSES);
    verify(graph);
    return graph;
  }

  async compile(step: Step, inputs: Readonly<Record<string, InputSpec>>): Promise<Program> {
    this.#requireUse();
    const clock = this.#options.monotonic ?? (() => 0);
    const start = clock();
    const graph = this.graph(step, inputs);
    const shared = {
      graph,
      inputs,
      inTurn: <T>(task: () => Promise<T>) => this.#turns.run(task),
      onDispose: (disposed: Program) => this.#programs.delete(disposed),
    };
    const code = this.#code(graph);
    const program = code
      ? new NativeProgram({
          ...shared,
          addon: this.#options.addon,
          handle: this.#load(code),
          description: { nodes: code.lines.length, compileMs: clock() - start },
        })
      : await fallbackProgram({
          ...shared,
          slots: this.#variables.slots,
          threads: this.#options.threads ?? 2,
          elapsed: () => clock() - start,
        });
    this.#programs.add(program);
    return program;
  }

  /** The program of a graph, or undefined where it has to run by ONNX Runtime. */
  #code(graph: Graph): NativeCode | undefined {
    try {
      return compileGraph(graph, this.precision);
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error;
      if (!this.#reasons.has(error.message)) this.#options.onFallback?.(error.message);
      this.#reasons.add(error.message);
      return undefined;
    }
  }

  #load({ code, constants, slots }: NativeCode): ReturnType<NativeAddon['load']> {
    const values = slots.map((slot) => this.#variables.slots.get(slot)!.values);
    try {
      return this.#options.addon.load(this.#pool, code, constants, values);
    } catch (error) {
      throw new EngineError(`the native engine refused the step: ${(error as Error).message}`, {
        cause: error,
        cure: 'use engine: onnx',
      });
    }
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#turns.idle();
    await Promise.all([...this.#programs].map((program) => program.dispose()));
    this.#variables.dispose();
  }
}
