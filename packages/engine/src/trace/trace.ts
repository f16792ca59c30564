import type { Tensor } from '@tensorflow/tfjs-core';
import type { InputSpec, Step } from '../engine.ts';
import { EngineError } from '../engine-error.ts';
import { GraphBuilder } from '../graph/builder.ts';
import type { Graph } from '../graph/graph.ts';
import { tf, withBackend } from '../tf.ts';
import { withoutRandomness } from './determinism-guard.ts';
import { RECORDING_BACKEND, type RecordingBackend } from './recording-backend.ts';

/** A variable of the engine, with the tensor that keeps its data id alive while a step assigns it. */
export interface TracedVariable {
  readonly slot: number;
  readonly variable: Tensor;
  readonly keeper: Tensor;
  /** Points the variable back at the engine's state after a trace. */
  restore(): void;
}

/** A step to trace. */
export interface TraceRequest {
  readonly backend: RecordingBackend;
  /** The engine whose variables the step may use. */
  readonly owner: object;
  readonly step: Step;
  readonly inputs: Readonly<Record<string, InputSpec>>;
  readonly variables: readonly TracedVariable[];
  /** Records for each node where it was called, which takes one stack trace per node. */
  readonly sites?: boolean;
}

function traceOnce({ backend, owner, step, inputs, variables, sites = false }: TraceRequest): Graph {
  const builder = new GraphBuilder();
  try {
    backend.record({ builder, owner, sites }, () =>
      tf.tidy(() => {
        const placeholders: Record<string, Tensor> = {};
        for (const [name, spec] of Object.entries(inputs)) {
          const value = builder.input(name, { shape: spec.shape, dtype: spec.dtype ?? 'float32' });
          placeholders[name] = tf.engine().makeTensorFromTensorInfo(backend.makeValue(value));
        }
        const outputs = withoutRandomness(() => step(placeholders));
        for (const [name, tensor] of Object.entries(outputs)) {
          builder.output(name, backend.graphValue(tensor).id);
        }
        for (const { slot, variable, keeper } of variables) {
          if (variable.dataId !== keeper.dataId) builder.writeState(slot, backend.graphValue(variable).id);
        }
      }),
    );
  } finally {
    for (const variable of variables) variable.restore();
  }
  return builder.build();
}

/** A text that is equal for two graphs exactly when they have the same nodes, constants and edges. */
function signature(graph: Graph): string {
  const constants = [...graph.constants].map(([id, constant]) => [
    id,
    'fill' in constant ? String(constant.fill) : constant.values.join(),
  ]);
  return JSON.stringify([
    [...graph.values.values()],
    constants,
    graph.nodes.map(({ origin: _origin, ...node }) => node),
    graph.inputs,
    graph.outputs,
    graph.state,
  ]);
}

/**
 * Records the kernels that `step` calls, including those of its gradients, as a graph.
 * The step is traced twice: if the two graphs differ, it depends on something that is not an input.
 *
 * @throws EngineError when the two graphs differ
 */
export function trace(request: TraceRequest): Graph {
  return withBackend(RECORDING_BACKEND, () => {
    const graph = traceOnce(request);
    if (signature(graph) !== signature(traceOnce({ ...request, sites: false }))) {
      throw new EngineError('two calls of the step with the same inputs do different things', {
        cure: 'what changes from call to call (random numbers, counters, schedules) must be an input or a variable',
      });
    }
    return graph;
  });
}
