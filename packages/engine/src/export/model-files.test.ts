import '@tensorflow/tfjs-backend-cpu';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import { afterEach, describe, expect, it } from 'vitest';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { withCure } from '@medgan/files';
import type { Engine, Step } from '../engine.ts';
import { startEngine } from '../resolve.ts';
import { tf } from '../tf.ts';
import type { ModelInput } from './batch-lists.ts';
import { ModelRecorder } from './model-recorder.ts';
import { onnxModel } from './onnx-model.ts';
import { runOnnxModel } from './run-onnx-model.ts';
import { tfjsModel, type TfjsModel } from './tfjs-model.ts';

/** Numbers without pattern, the same at every call. */
const values = (count: number, seed = 1): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(12.9898 * (i + 1) * seed) / 2);

type Make = (name: string, shape: readonly number[]) => Variable;

interface Network {
  readonly latent: number;
  readonly build: (make: Make) => Step;
}

const image = (x: Tensor | undefined): Tensor4D => x as Tensor4D;

/** Networks that together use every way a list of lengths can depend on the batch. */
const NETWORKS: Readonly<Record<string, Network>> = {
  'transposed convolutions with batch norm': {
    latent: 6,
    build: (make) => {
      const first = make('main.0.weight', [4, 4, 5, 6]) as Tensor4D;
      const second = make('main.3.weight', [4, 4, 3, 5]) as Tensor4D;
      const [mean, offset, scale] = ['mean', 'offset', 'scale'].map((name) => make(name, [5]) as Tensor1D);
      return ({ latent }) => {
        const x = tf.reshape(latent!, [-1, 1, 1, 6]) as Tensor4D;
        const small = tf.conv2dTranspose(x, first, [x.shape[0], 4, 4, 5], 1, 'valid');
        const variance = tf.add(tf.square(scale!), 0.5) as Tensor1D;
        const norm = tf.relu(tf.batchNorm4d(small, mean!, variance, offset!, scale!, 1e-5));
        return { images: tf.tanh(tf.conv2dTranspose(norm, second, [x.shape[0], 8, 8, 3], 2, 1)) };
      };
    },
  },
  'a dense layer, enlarging and convolving': {
    latent: 3,
    build: (make) => {
      const dense = make('dense', [3, 32]) as Tensor2D;
      const filter = make('filter', [3, 3, 2, 2]) as Tensor4D;
      return ({ latent }) => {
        const x = tf.reshape(tf.matMul(latent as Tensor2D, dense), [-1, 4, 4, 2]) as Tensor4D;
        const nearest = tf.image.resizeNearestNeighbor(x, [8, 8]);
        const large = tf.add(nearest, tf.image.resizeBilinear(x, [8, 8], false, true));
        const y = tf.leakyRelu(tf.conv2d(image(large), filter, 1, 'same'), 0.2);
        const shifted = tf.slice(
          tf.pad(y, [
            [0, 0],
            [1, 0],
            [0, 1],
            [0, 0],
          ]),
          [0, 1, 0, 0],
          [-1, 7, 8, -1],
        );
        return { images: tf.clipByValue(tf.concat([shifted, tf.neg(shifted)], 3), -0.4, 0.4) };
      };
    },
  },
  'attention over positions': {
    latent: 8,
    build: (make) => {
      const key = make('key', [4, 4]) as Tensor2D;
      return ({ latent }) => {
        const x = tf.reshape(latent!, [-1, 2, 4]);
        const scores = tf.matMul(
          tf.matMul(x, tf.tile(tf.expandDims(key, 0), [x.shape[0]!, 1, 1])),
          x,
          false,
          true,
        );
        const ones = tf.ones([x.shape[0]!, 2, 1]);
        const mixed = tf.matMul(tf.sigmoid(scores), tf.concat([x, ones], 2));
        return { images: tf.reshape(tf.transpose(mixed, [0, 2, 1]), [-1, 5, 2, 1]) };
      };
    },
  },
};

const inputs = (latent: number): Record<string, ModelInput> => ({ latent: { shape: ['batch', latent] } });

/** The network in an engine, its variables filled alike in each. */
function buildIn(engine: Engine, { build }: Network): Step {
  let seed = 1;
  return build((name, shape) =>
    engine.variable({
      name,
      shape,
      values: values(
        shape.reduce((product, n) => product * n, 1),
        seed++,
      ),
    }),
  );
}

/** Loads a model as a browser does, from memory, and draws one batch. */
async function runTfjs(
  { json, shards }: TfjsModel,
  latent: Float32Array,
  shape: [number, number],
): Promise<{ values: Float32Array; shape: number[] }> {
  const described = json as {
    modelTopology: object;
    signature: object;
    weightsManifest: { weights: never }[];
  };
  const model = await loadGraphModel({
    load: () =>
      Promise.resolve({
        modelTopology: described.modelTopology,
        signature: described.signature as never,
        format: 'graph-model',
        weightSpecs: described.weightsManifest[0]!.weights,
        weightData: Uint8Array.from(Buffer.concat([...shards.values()])).buffer,
      }),
  });
  try {
    const images = model.predict(tf.tensor2d(latent, shape)) as Tensor;
    return { values: (await images.data()) as Float32Array, shape: images.shape };
  } finally {
    model.dispose();
  }
}

describe.each(Object.entries(NETWORKS))('a model file of %s', (_name, network) => {
  const recorder = new ModelRecorder();
  let engine: Engine | undefined;
  afterEach(async () => {
    await engine?.dispose();
    await recorder.dispose();
  });

  const expected = async (batch: number): Promise<Float32Array> => {
    engine ??= await startEngine('onnx');
    const step = buildIn(engine, network);
    const program = await engine.compile(step, { latent: { shape: [batch, network.latent] } });
    const { images } = await program.run({ latent: values(batch * network.latent, 7) });
    return images as Float32Array;
  };

  it('gives the same images in ONNX Runtime and in TensorFlow.js, at any batch size', async () => {
    const step = buildIn(recorder, network);
    const request = { step, inputs: inputs(network.latent), metadata: { made: 'here' } };
    const onnx = onnxModel(recorder, request);
    const tfjs = tfjsModel(recorder, request);
    for (const batch of [1, 5]) {
      const latent = values(batch * network.latent, 7);
      const wanted = await expected(batch);
      const shape: [number, number] = [batch, network.latent];
      const [result] = await runOnnxModel(onnx, [{ latent: { values: latent, shape } }]);
      expect(result!['images']!.shape[0]).toBe(batch);
      expectClose(result!['images']!.values as Float32Array, wanted);

      await tf.setBackend('cpu');
      const inTfjs = await runTfjs(tfjs, latent, shape);
      expect(inTfjs.shape).toEqual(result!['images']!.shape);
      expectClose(inTfjs.values, wanted);
    }
  });
});

function expectClose(actual: Float32Array, wanted: Float32Array): void {
  expect(actual.length).toBe(wanted.length);
  const worst = wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - actual[i]!)), 0);
  expect(worst).toBeLessThan(1e-6);
}

describe('a model file', () => {
  const recorder = new ModelRecorder();
  const weight = recorder.variable({ name: 'w', shape: [2], values: Float32Array.of(1, 2) });
  const messageOf = (step: Step, write: typeof onnxModel | typeof tfjsModel): string => {
    try {
      write(recorder, { step, inputs: inputs(2), metadata: {} });
      return 'written';
    } catch (error) {
      return withCure(error);
    }
  };

  it('is not written of what needs the batch size', () => {
    const byMean: Step = ({ latent }) => ({ y: tf.sub(latent!, tf.mean(latent!, 0)) });
    const byCount: Step = ({ latent }) => ({ y: tf.mul(latent!, latent!.shape[0]!) });
    // A mean over the batch has one meaning at any batch size; a number made of the batch size has not.
    expect(messageOf(byMean, onnxModel)).toBe('written');
    expect(messageOf(byCount, onnxModel)).toMatchInlineSnapshot(`
      "engine: a constant of the network depends on the batch size, which a model file leaves open
        cure: write the network as it evaluates: with running statistics, image by image"
    `);
    expect(messageOf(byCount, tfjsModel)).toBe(messageOf(byCount, onnxModel));
  });

  it('is refused for a step that assigns variables', () => {
    const learns: Step = ({ latent }) => {
      weight.assign(tf.mul(weight, 2));
      return { y: tf.mul(latent!, weight) };
    };
    expect(messageOf(learns, onnxModel)).toMatchInlineSnapshot(`
      "engine: a model file cannot assign w
        cure: write the network as it evaluates, not as it trains"
    `);
  });

  it('for TensorFlow.js is not written of kernels its format does not know', () => {
    expect(messageOf(({ latent }) => ({ y: tf.softmax(latent!) }), tfjsModel)).toMatchInlineSnapshot(`
      "engine: Softmax cannot be written for TensorFlow.js
        cure: use other TF.js operations in the network, or export it as ONNX"
    `);
  });

  it('carries its metadata and its names', () => {
    const step: Step = ({ latent }) => ({ y: tf.mul(latent!, weight) });
    const text = Buffer.from(
      onnxModel(recorder, { step, inputs: inputs(2), metadata: { key_one: 'value one' } }),
    );
    for (const word of ['key_one', 'value one', 'latent', 'batch', 'w'])
      expect(text.includes(word)).toBe(true);
  });
});
