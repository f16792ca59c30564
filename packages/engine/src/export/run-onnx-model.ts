import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Values } from '../engine.ts';

/** An input of a model: float32 values and their shape. */
export interface ModelFeed {
  readonly values: Float32Array;
  readonly shape: readonly number[];
}

/** Runs an ONNX model in ONNX Runtime on the CPU, once per set of inputs: a check that other programs can run it. */
export async function runOnnxModel(
  model: Uint8Array,
  feeds: readonly Readonly<Record<string, ModelFeed>>[],
): Promise<Record<string, { readonly values: Values; readonly shape: readonly number[] }>[]> {
  const session = await InferenceSession.create(model, { logSeverityLevel: 3 });
  try {
    const results: Record<string, { values: Values; shape: readonly number[] }>[] = [];
    for (const feed of feeds) {
      const tensors = Object.entries(feed).map(
        ([name, { values, shape }]) => [name, new Tensor('float32', values, [...shape])] as const,
      );
      const outputs = await session.run(Object.fromEntries(tensors));
      results.push(
        Object.fromEntries(
          Object.entries(outputs).map(([name, tensor]) => [
            name,
            { values: tensor.data as Values, shape: tensor.dims },
          ]),
        ),
      );
    }
    return results;
  } finally {
    await session.release();
  }
}
