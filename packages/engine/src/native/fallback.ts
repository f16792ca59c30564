import type { InputSpec, Program, Values } from '../engine.ts';
import type { Graph } from '../graph/graph.ts';
import { OnnxEngine } from '../onnx/onnx-engine.ts';

/** What a step needs that the native engine does not run. */
export interface FallbackRequest {
  /** In TF.js's layouts. */
  readonly graph: Graph;
  readonly inputs: Readonly<Record<string, InputSpec>>;
  /** The engine's variables; values in TF.js layout. */
  readonly slots: ReadonlyMap<number, { readonly values: Float32Array | Int32Array }>;
  readonly threads: number;
  readonly elapsed: () => number;
  readonly inTurn: <T>(task: () => Promise<T>) => Promise<T>;
  readonly onDispose: (program: Program) => void;
}

type Inputs = Readonly<Record<string, Values>>;

const stateName = (slot: number): string => `state/${slot}`;

/** The graph with its state as further inputs and outputs: whoever runs it has to hold the state. */
function withoutState(graph: Graph): Graph {
  return {
    ...graph,
    inputs: [
      ...graph.inputs,
      ...graph.state.flatMap(({ slot, read }) =>
        read === undefined ? [] : [{ name: stateName(slot), value: read }],
      ),
    ],
    outputs: [
      ...graph.outputs,
      ...graph.state.flatMap(({ slot, write }) =>
        write === undefined ? [] : [{ name: stateName(slot), value: write }],
      ),
    ],
    state: [],
  };
}

function inputSpecs(graph: Graph): Record<string, InputSpec> {
  return Object.fromEntries(
    graph.inputs.map(({ name, value }) => {
      const { shape, dtype } = graph.values.get(value)!;
      return [name, { shape, dtype }];
    }),
  );
}

/**
 * Runs a whole step by ONNX Runtime, on variables of the native engine: they are handed in and out at each call, in
 * TF.js layout. New state is kept only when the call has succeeded.
 */
export async function fallbackProgram(request: FallbackRequest): Promise<Program> {
  const { slots, inTurn, onDispose, elapsed } = request;
  const graph = withoutState(request.graph);
  const engine = new OnnxEngine({ threads: request.threads });
  const inner = await engine.compileGraph(graph, inputSpecs(graph));
  const { state } = request.graph;
  const once = async (values: Inputs): Promise<Record<string, Values>> => {
    const held = state.filter(({ read }) => read !== undefined).map(({ slot }) => [stateName(slot), slots.get(slot)!.values]);
    const outputs = await inner.run({ ...values, ...(Object.fromEntries(held) as Record<string, Values>) });
    for (const { slot, write } of state) {
      if (write !== undefined) slots.get(slot)!.values.set(outputs[stateName(slot)]!);
    }
    return Object.fromEntries(request.graph.outputs.map(({ name }) => [name, outputs[name]!]));
  };
  const program: Program = {
    description: { nodes: inner.description.nodes, compileMs: elapsed() },
    run: (values) => inTurn(() => once(values)),
    runSeries: (series) =>
      inTurn(async () => {
        const outputs: Record<string, Values>[] = [];
        for (const values of series) outputs.push(await once(values));
        return outputs;
      }),
    async dispose() {
      onDispose(program);
      await inTurn(() => engine.dispose());
    },
  };
  return program;
} // prettier-ignore
