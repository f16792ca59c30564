import { Tensor, type InferenceSession } from 'onnxruntime-node';
import type { DType, InputSpec, Program, ProgramDescription, Values } from '../engine.ts';
import { EngineError } from '../engine-error.ts';
import { checkInputs } from '../host-values.ts';
import { sizeOf, valueOf, type Graph } from '../graph/graph.ts';
import { inputName, outputName, stateInName, stateOutName } from './lower.ts';
import { seriesName } from './series.ts';
import { replace, spareOf, swap, type StateSlot } from './state-store.ts';

/** A step that is loaded into a session. */
export interface LoadedStep {
  readonly session: InferenceSession;
  /** The session takes a series of steps: see `seriesOf`. */
  readonly isSeries: boolean;
  readonly graph: Graph;
  readonly inputs: Readonly<Record<string, InputSpec>>;
  readonly slots: ReadonlyMap<number, StateSlot>;
  /** Calls leave the state on the device. */
  readonly keepsOnDevice: boolean;
  readonly description: ProgramDescription;
  /** Runs `task` after the tasks before it: programs of an engine share their state. */
  readonly inTurn: <T>(task: () => Promise<T>) => Promise<T>;
  /** Called once, when the program is disposed of. */
  readonly onDispose: (program: Program) => void;
}

type Inputs = Readonly<Record<string, Values>>;

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** All arrays, one after the other, as one array. */
function stack(dtype: DType, arrays: readonly Values[]): Values {
  const all = new ARRAYS[dtype](arrays.reduce((length, array) => length + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}

const same = (name: string): string => name;

/** A compiled step: a session call reads the state, computes, and leaves the new state in the slots. */
export class OnnxProgram implements Program {
  readonly description: ProgramDescription;
  readonly #step: LoadedStep;
  /** The session's name of an input or output of the step. */
  readonly #border: (name: string) => string;
  #released = false;

  constructor(step: LoadedStep) {
    this.#step = step;
    this.#border = step.isSeries ? seriesName : same;
    this.description = step.description;
  }

  async run(values: Inputs): Promise<Record<string, Values>> {
    return (await this.runSeries([values]))[0]!;
  }

  async runSeries(series: readonly Inputs[]): Promise<Record<string, Values>[]> {
    const { inputs, isSeries, inTurn } = this.#step;
    for (const values of series) checkInputs(inputs, values);
    const perCall = isSeries ? series.length : 1;
    return inTurn(async () => {
      const outputs: Record<string, Values>[] = [];
      for (let at = 0; at < series.length; at += perCall) {
        outputs.push(...(await this.#call(series.slice(at, at + perCall))));
      }
      return outputs;
    });
  }

  async #call(series: readonly Inputs[]): Promise<Record<string, Values>[]> {
    const { session, graph, slots, keepsOnDevice } = this.#step;
    if (this.#released) throw new EngineError('a program was run after it was disposed of');
    const { feeds, fetches } = this.#state();
    this.#feedInputs(feeds, series);
    for (const { name } of graph.outputs) fetches[this.#border(outputName(name))] = null;
    const results = (await session.run(feeds, fetches)) as Record<string, Tensor>;
    for (const { slot, write } of graph.state) {
      if (write === undefined) continue;
      if (keepsOnDevice) replace(slots.get(slot)!, results[this.#border(stateOutName(slot))]!);
      else swap(slots.get(slot)!);
    }
    return series.map((_, i) => this.#outputsOf(results, i));
  }

  /** The state as inputs of the session, and the buffers for its outputs. */
  #state(): { feeds: Record<string, Tensor>; fetches: Record<string, Tensor | null> } {
    const { graph, slots, isSeries, keepsOnDevice } = this.#step;
    const feeds: Record<string, Tensor> = {};
    const fetches: Record<string, Tensor | null> = {};
    for (const { slot, read, write } of graph.state) {
      const state = slots.get(slot)!;
      const name = stateInName(slot);
      if (write !== undefined)
        fetches[this.#border(stateOutName(slot))] = keepsOnDevice ? null : spareOf(state);
      // A series carries the state that it changes, read or not; its body reads all other state under its own name.
      if (isSeries && write !== undefined) feeds[seriesName(name)] = state.current;
      else if (read !== undefined) feeds[name] = state.current;
    }
    return { feeds, fetches };
  }

  #feedInputs(feeds: Record<string, Tensor>, series: readonly Inputs[]): void {
    const { graph, isSeries } = this.#step;
    for (const { name, value } of graph.inputs) {
      const { shape, dtype } = valueOf(graph, value);
      const arrays = series.map((values) => values[name]!);
      const all = arrays.length === 1 ? arrays[0]! : stack(dtype, arrays);
      const dims = isSeries ? [series.length, ...shape] : [...shape];
      feeds[this.#border(inputName(name))] = new Tensor(dtype, all as never, dims);
    }
  }

  /** Outputs of the i-th step of a call. */
  #outputsOf(results: Readonly<Record<string, Tensor>>, i: number): Record<string, Values> {
    const { graph, isSeries } = this.#step;
    return Object.fromEntries(
      graph.outputs.map(({ name, value }) => {
        const all = results[this.#border(outputName(name))]!.data as Values;
        const size = sizeOf(valueOf(graph, value).shape);
        return [name, isSeries ? all.slice(i * size, (i + 1) * size) : all];
      }),
    );
  }

  async dispose(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    this.#step.onDispose(this);
    await this.#step.inTurn(() => this.#step.session.release());
  }
}
