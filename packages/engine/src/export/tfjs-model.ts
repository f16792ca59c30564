import { eliminateDead } from '../graph/passes/eliminate-dead.ts';
import { foldIdentities } from '../graph/passes/fold-identities.ts';
import { mergeCommon } from '../graph/passes/merge-common.ts';
import type { Graph } from '../graph/graph.ts';
import { inputsAt, PROBES, type ModelInput } from './batch-lists.ts';
import { operatorOf } from '../graph/operators/index.ts';
import { TENSORFLOW_TYPE, inputs as operands, refuseForTensorFlow } from '../graph/operators/tensorflow.ts';
import { GraphDefWriter, type TfConstant, type TfGraph, type TfNode } from './graph-def.ts';
import type { ModelRecorder } from './model-recorder.ts';
import type { ModelRequest } from './onnx-model.ts';
import { withDynamicBatch } from './tf-dynamic-batch.ts';

/** The files of a TensorFlow.js model. */
export interface TfjsModel {
  /** Content of `model.json`. */
  readonly json: object;
  /** Files of weights beside it, by name; of at most 4 MiB, which browsers cache. */
  readonly shards: ReadonlyMap<string, Uint8Array>;
}

const SHARD_BYTES = 4 * 2 ** 20;

function write(graph: Graph, recorder: ModelRecorder): TfGraph {
  const w = new GraphDefWriter(graph, (slot) => recorder.weight(slot));
  for (const node of graph.nodes) {
    const { tensorflow = refuseForTensorFlow(node.kernel) } = operatorOf(node.kernel);
    const output = w.name(node.outputs[0]!);
    w.node(
      output,
      typeof tensorflow === 'string' ? { op: tensorflow, input: operands(node, w) } : tensorflow(node, w),
    );
  }
  for (const { name, value } of graph.outputs) w.node(name, { op: 'Identity', input: [w.name(value)] });
  return w;
}

const dims = (shape: readonly (number | 'batch')[]): object => ({
  dim: shape.map((n) => ({ size: n === 'batch' ? '-1' : String(n) })),
});

const placeholder = ([name, { shape }]: [string, ModelInput]): TfNode => ({
  name,
  op: 'Placeholder',
  input: [],
  attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: dims(shape) } },
});

const constantNode = ({ name, dtype, shape }: TfConstant): TfNode => ({
  name,
  op: 'Const',
  input: [],
  attr: {
    dtype: { type: TENSORFLOW_TYPE[dtype] },
    value: { tensor: { dtype: TENSORFLOW_TYPE[dtype], tensorShape: dims(shape) } },
  },
});

function shardsOf(constants: readonly TfConstant[]): Map<string, Uint8Array> {
  const parts = constants.map(({ values }) =>
    Buffer.from(values.buffer, values.byteOffset, values.byteLength),
  );
  const all = Buffer.concat(parts);
  const count = Math.max(1, Math.ceil(all.length / SHARD_BYTES));
  return new Map(
    Array.from({ length: count }, (_, i) => [
      `group1-shard${i + 1}of${count}.bin`,
      all.subarray(i * SHARD_BYTES, (i + 1) * SHARD_BYTES),
    ]),
  );
}

const signature = (edges: readonly [string, readonly (number | 'batch')[]][]): object =>
  Object.fromEntries(
    edges.map(([name, shape]) => [name, { name: `${name}:0`, dtype: 'DT_FLOAT', tensorShape: dims(shape) }]),
  );

/**
 * A step as a TensorFlow.js graph model, for `tf.loadGraphModel` in a browser: images NHWC, any batch size. Kernels are
 * written as the TensorFlow operators they are named after.
 * @throws EngineError for a kernel that the format does not know, and for steps that depend on the batch size
 */
export function tfjsModel(recorder: ModelRecorder, { step, inputs, metadata }: ModelRequest): TfjsModel {
  const [first, second] = PROBES.map((batch) => {
    const traced = recorder.graph(step, inputsAt(inputs, batch));
    const graph = eliminateDead(mergeCommon(foldIdentities(traced)));
    return { graph, model: write(graph, recorder) };
  }) as [{ graph: Graph; model: TfGraph }, { graph: Graph; model: TfGraph }];
  const batched = Object.entries(inputs).find(([, { shape }]) => shape[0] === 'batch')!;
  const { nodes, constants } = withDynamicBatch(first.model, second.model, batched[0]);
  const outputs = first.graph.outputs.map(({ name, value }): [string, readonly (number | 'batch')[]] => [
    name,
    first.graph.values.get(value)!.shape.map((n) => (n === PROBES[0] ? 'batch' : n)),
  ]);
  const shards = shardsOf(constants);
  return {
    json: {
      format: 'graph-model',
      generatedBy: 'medgan',
      convertedBy: null,
      signature: {
        inputs: signature(Object.entries(inputs).map(([name, { shape }]) => [name, shape])),
        outputs: signature(outputs),
      },
      userDefinedMetadata: metadata,
      modelTopology: {
        node: [...Object.entries(inputs).map(placeholder), ...constants.map(constantNode), ...nodes],
        library: {},
        versions: { producer: 1 },
      },
      weightsManifest: [
        {
          paths: [...shards.keys()],
          weights: constants.map(({ name, dtype, shape }) => ({ name, dtype, shape })),
        },
      ],
    },
    shards,
  };
}
