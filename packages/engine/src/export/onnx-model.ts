import type { Step } from '../engine.ts';
import { EngineError } from '../engine-error.ts';
import { runPasses } from '../graph/passes/index.ts';
import { verify } from '../graph/verify.ts';
import { inputName, lower, outputName, stateInName } from '../onnx/lower.ts';
import { ELEMENT, encodeModel, type ElementType, type OnnxGraph, type OnnxTensor } from '../onnx/model.ts';
import { storedShape } from '../stored-layout.ts';
import { inputsAt, PROBES, type ModelInput } from './batch-lists.ts';
import { withDynamicBatch } from './dynamic-batch.ts';
import type { ModelRecorder } from './model-recorder.ts';

/** A step to write as a model, and the metadata of the file. */
export interface ModelRequest {
  /** Built on variables of the recorder. */
  readonly step: Step;
  readonly inputs: Readonly<Record<string, ModelInput>>;
  /** Written to the file, for its readers. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A step to write as an ONNX file. */
export interface OnnxModelRequest extends ModelRequest {
  /** Types to cast outputs to: TF.js has no uint8. */
  readonly outputTypes?: Readonly<Record<string, ElementType>>;
}

/** Largest size of a protocol buffer: 2 GiB. */
const LARGEST_MODEL = 2 ** 31 - 1;

/** The graph with the names of the step: `lower` makes names for the engine's own use. */
function renamed(graph: OnnxGraph, names: ReadonlyMap<string, string>): OnnxGraph {
  const rename = <T extends { readonly name: string }>(edge: T): T => ({
    ...edge,
    name: names.get(edge.name) ?? edge.name,
  });
  const each = (list: readonly string[]): string[] => list.map((name) => names.get(name) ?? name);
  return {
    ...graph,
    name: 'generator',
    nodes: graph.nodes.map((node) => ({
      ...node,
      inputs: each(node.inputs),
      outputs: each(node.outputs),
    })),
    initializers: graph.initializers.map(rename),
    inputs: graph.inputs.map(rename),
    outputs: graph.outputs.map(rename),
  };
}

function castOutputs(graph: OnnxGraph, types: Readonly<Record<string, ElementType>>): OnnxGraph {
  const nodes = [...graph.nodes];
  const outputs = graph.outputs.map((edge) => {
    const type = types[edge.name];
    if (type === undefined || type === edge.type) return edge;
    const before = `${edge.name}:${edge.type}`;
    const producer = nodes.findIndex((node) => node.outputs.includes(edge.name));
    const node = nodes[producer]!;
    nodes[producer] = { ...node, outputs: node.outputs.map((name) => (name === edge.name ? before : name)) };
    nodes.push({ op: 'Cast', inputs: [before], outputs: [edge.name], attributes: { to: ELEMENT[type] } });
    return { ...edge, type };
  });
  return { ...graph, nodes, outputs };
}

/**
 * The bytes of an ONNX model of a step: weights as initialisers under their variables' names, inputs and outputs under
 * the step's names, any batch size. Rank-4 tensors come in the step's own layout.
 * @throws EngineError when the step cannot be compiled, or depends on the batch size
 */
export function onnxModel(recorder: ModelRecorder, request: OnnxModelRequest): Uint8Array {
  const { step, inputs, metadata, outputTypes = {} } = request;
  const [first, second] = PROBES.map((batch) => {
    const graph = runPasses(recorder.graph(step, inputsAt(inputs, batch)));
    verify(graph);
    return { graph, onnx: lower(graph) };
  }) as [{ graph: ReturnType<ModelRecorder['graph']>; onnx: OnnxGraph }, { onnx: OnnxGraph }];

  const names = new Map<string, string>();
  for (const { name } of first.graph.inputs) names.set(inputName(name), name);
  for (const { name } of first.graph.outputs) names.set(outputName(name), name);
  const weights = first.graph.state.map(({ slot }): OnnxTensor => {
    const { name, shape, dtype, values } = recorder.weight(slot);
    names.set(stateInName(slot), name);
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return { name, type: dtype, shape: storedShape(shape), bytes };
  });
  const isState = new Set(first.graph.state.map(({ slot }) => stateInName(slot)));
  const withoutState = (graph: OnnxGraph): OnnxGraph => ({
    ...graph,
    inputs: graph.inputs.filter(({ name }) => !isState.has(name)),
  });
  const dynamic = renamed(withDynamicBatch(withoutState(first.onnx), withoutState(second.onnx)), names);
  const bytes = weights.reduce((sum, weight) => sum + weight.bytes.length, 0);
  if (bytes > LARGEST_MODEL - 2 ** 20) {
    throw new EngineError(`an ONNX file holds less than 2 GiB, the network has ${bytes} bytes of weights`);
  }
  const model = castOutputs(dynamic, outputTypes);
  return encodeModel({ ...model, initializers: [...model.initializers, ...weights] }, metadata);
}
