import { Tensor, type InferenceSession } from 'onnxruntime-node';
import type { InputSpec, Program, ProgramDescription, Values } from '../engine.ts';
import { EngineError } from '../engine-error.ts';
import { checkInputs } from '../host-values.ts';
import { valueOf, type Graph } from '../graph/graph.ts';
import { inputName, outputName, stateInName, stateOutName } from './lower/index.ts';
import { spareOf, swap, type StateSlot } from './state-store.ts';

/** What a loaded program needs. */
export interface LoadedStep {
  readonly session: InferenceSession;
  readonly graph: Graph;
  readonly inputs: Readonly<Record<string, InputSpec>>;
  readonly slots: ReadonlyMap<number, StateSlot>;
  readonly description: ProgramDescription;
  /** Waits for what the engine is doing before it starts `task`: programs share their state. */
  readonly inTurn: <T>(task: () => Promise<T>) => Promise<T>;
  /** Called once, when the program is disposed of. */
  readonly onDispose: (program: Program) => void;
}

/** A compiled step: one session call reads the state, computes, and leaves the new state in the spare buffers. */
export class OnnxProgram implements Program {
  readonly description: ProgramDescription;
  readonly #step: LoadedStep;
  #released = false;

  constructor(step: LoadedStep) {
    this.#step = step;
    this.description = step.description;
  }

  async run(values: Readonly<Record<string, Values>>): Promise<Record<string, Values>> {
    checkInputs(this.#step.inputs, values);
    return this.#step.inTurn(() => this.#run(values));
  }

  async #run(values: Readonly<Record<string, Values>>): Promise<Record<string, Values>> {
    const { session, graph, slots } = this.#step;
    if (this.#released) throw new EngineError('a program was run after it was disposed of');
    const feeds: Record<string, Tensor> = this.#feedInputs(values);
    const fetches: Record<string, Tensor | null> = {};
    for (const { slot, read, write } of graph.state) {
      const state = slots.get(slot)!;
      if (read !== undefined) feeds[stateInName(slot)] = state.current;
      if (write !== undefined) fetches[stateOutName(slot)] = spareOf(state);
    }
    for (const { name } of graph.outputs) fetches[outputName(name)] = null;
    const results: InferenceSession.ReturnType = await session.run(feeds, fetches);
    for (const { slot, write } of graph.state) if (write !== undefined) swap(slots.get(slot)!);
    return Object.fromEntries(
      graph.outputs.map(({ name }) => [name, (results[outputName(name)] as Tensor).data as Values]),
    );
  }

  #feedInputs(values: Readonly<Record<string, Values>>): Record<string, Tensor> {
    const { graph } = this.#step;
    return Object.fromEntries(
      graph.inputs.map(({ name, value }) => {
        const { shape, dtype } = valueOf(graph, value);
        return [inputName(name), new Tensor(dtype, values[name] as never, shape as number[])];
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
