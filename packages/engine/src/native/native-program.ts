import type { NativeAddon, NativeHandle } from '@medgan/native';
import type { InputSpec, Program, ProgramDescription, Values } from '../engine.ts';
import { EngineError } from '../engine-error.ts';
import { sizeOf, valueOf, type Graph } from '../graph/graph.ts';
import { checkInputs } from '../host-values.ts';

/** What a loaded native program needs. */
export interface LoadedProgram {
  readonly addon: NativeAddon;
  readonly handle: NativeHandle;
  readonly graph: Graph;
  readonly inputs: Readonly<Record<string, InputSpec>>;
  readonly description: ProgramDescription;
  /** Waits for what the engine is doing before it starts `task`: programs share their state. */
  readonly inTurn: <T>(task: () => Promise<T>) => Promise<T>;
  /** Called once, when the program is disposed of. */
  readonly onDispose: (program: Program) => void;
}

type Inputs = Readonly<Record<string, Values>>;

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** A step as a flat program: one asynchronous call runs it, once for each set of inputs. */
export class NativeProgram implements Program {
  readonly description: ProgramDescription;
  readonly #program: LoadedProgram;
  #disposed = false;

  constructor(program: LoadedProgram) {
    this.#program = program;
    this.description = program.description;
  }

  async run(values: Inputs): Promise<Record<string, Values>> {
    return (await this.runSeries([values]))[0]!;
  }

  async runSeries(series: readonly Inputs[]): Promise<Record<string, Values>[]> {
    const { addon, handle, graph, inputs, inTurn } = this.#program;
    for (const values of series) checkInputs(inputs, values);
    const given = series.flatMap((values) => graph.inputs.map(({ name }) => values[name]!));
    const outputs = series.map(() =>
      Object.fromEntries(
        graph.outputs.map(({ name, value }) => {
          const { shape, dtype } = valueOf(graph, value);
          return [name, new ARRAYS[dtype](sizeOf(shape))];
        }),
      ),
    );
    await inTurn(async () => {
      if (this.#disposed) throw new EngineError('a program was run after it was disposed of');
      const wanted = outputs.flatMap((step) => graph.outputs.map(({ name }) => step[name]!));
      try {
        await addon.run(handle, series.length, given, wanted);
      } catch (error) {
        throw new EngineError(`the step failed: ${(error as Error).message}`, { cause: error });
      }
    });
    return outputs;
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#program.onDispose(this);
    await this.#program.inTurn(() => Promise.resolve(this.#program.addon.dispose(this.#program.handle)));
  }
}
