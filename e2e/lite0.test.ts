import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import * as tf from '@tensorflow/tfjs-core';
import { efficientnet } from '@medgan/classifiers';
import type { EngineName } from '@medgan/engine';
import { createRng, ParameterStore, type ClassifierNetwork } from '@medgan/plugin-api';
import { runOnce, withEngine } from '@medgan/testing/checks';
import { readWeightsFile, toFloat32 } from '@medgan/weights';
import { describe, expect, it } from 'vitest';
import { sharedData } from '../tools/vitest/shared-data.ts';

interface Golden {
  weights_sha256: string;
  eval: Record<string, { images: number[]; logits: number[]; top1: number[] }>;
  train: {
    labels: number[];
    logits: number[][];
    loss: number;
    'gradients (norm, sum, first four)': Record<string, [number, number, number[]]>;
    'running statistics after (norm, first four)': Record<string, [number, number[]]>;
  };
}

const folder = sharedData('golden/lite0');
/** The ImageNet weights: tools/weights/fetch-lite0.sh prints where it has put them. */
const weights = process.env['MEDGAN_LITE0'];
if (weights === undefined) {
  if (process.env['CI']) throw new Error('CI is set, so MEDGAN_LITE0 must name the weights of Lite0');
  process.stderr.write('skipped: MEDGAN_LITE0 names no weights of Lite0 (tools/weights/fetch-lite0.sh)\n');
}
const isThere = folder !== undefined && weights !== undefined && existsSync(weights);

/** Largest error allowed, relative to the magnitude of what is compared. */
const TOLERANCE = 1e-4;

/**
 * Of gradients: what PyTorch 2.15 itself is off by in float32, against the same pass in float64. With four images, and
 * activations that are cut off at 0 and 6, rounding decides for some of them whether they have a gradient.
 */
const GRADIENT_TOLERANCE = 1.3e-2;

const read = (name: string): Uint8Array => readFileSync(join(folder!, name));
const doubles = (name: string): Float64Array => new Float64Array(Uint8Array.from(read(name)).buffer);

/** Images as they are inside: float32 in [−1, 1], NHWC. */
const imagesOf = (name: string): Float32Array => Float32Array.from(read(name), (pixel) => pixel / 127.5 - 1);

function largestError(actual: ArrayLike<number>, expected: ArrayLike<number>, floor = 1): number {
  expect(actual).toHaveLength(expected.length);
  const scale = Math.max(floor, ...Array.from(expected, Math.abs));
  return Math.max(...Array.from(expected, (value, i) => Math.abs(actual[i]! - value))) / scale;
}

const norm = (values: ArrayLike<number>): number =>
  Math.sqrt(Array.from(values).reduce((sum, v) => sum + v * v, 0));

/** Builds Lite0 with the ImageNet weights, but for the last layer where its size is another one. */
function withLite0<T>(
  engineName: Exclude<EngineName, 'eager'>,
  classes: number,
  body: (lite: {
    network: ClassifierNetwork;
    store: ParameterStore;
    engine: Parameters<Parameters<typeof withEngine>[1]>[0];
  }) => Promise<T>,
): Promise<T> {
  return withEngine(engineName, async (engine) => {
    const store = new ParameterStore(engine, createRng(1));
    const sizes = { imageSize: 128, channels: 3, classes };
    const network = efficientnet.network(sizes, { variant: 'lite0', drop_connect: 0.2 }, store.root);
    const { tensors } = await readWeightsFile(weights!);
    expect([...tensors.keys()].sort()).toEqual(store.list().map(({ name }) => name).sort()); // prettier-ignore
    for (const { name, variable, counter } of store.list()) {
      if (name.startsWith('_fc.') && classes !== 1000) continue;
      const tensor = tensors.get(name)!;
      engine.write(variable, counter ? Int32Array.of(Number(tensor.data[0])) : toFloat32(tensor).data);
    }
    return body({ network, store, engine });
  });
}

describe.skipIf(!isThere)('EfficientNet-Lite0 with ImageNet weights agrees with PyTorch', () => {
  const golden = isThere
    ? (JSON.parse(read('case.json').toString()) as Golden)
    : ({ eval: {}, weights_sha256: '' } as unknown as Golden);

  it('on the weights of the golden values', () => {
    expect(createHash('sha256').update(readFileSync(weights!)).digest('hex')).toBe(golden.weights_sha256);
  });

  describe.each(['native', 'onnx'] as const)('on %s', { timeout: 300_000 }, (engineName) => {
    it.each(Object.keys(golden.eval))('logits at %s px', (size) =>
      withLite0(engineName, 1000, async ({ network, engine }) => {
        const { images: shape, top1 } = golden.eval[size]!;
        const { logits } = await runOnce(
          engine,
          ({ images }) => ({ logits: network.head(network.features(images as tf.Tensor4D, 'evaluation')) }),
          { images: { shape, values: imagesOf(`images-${size}.uint8`) } },
        );
        expect(largestError(logits!, doubles(`logits-${size}.float64`))).toBeLessThan(TOLERANCE);
        const best = top1.map((_class, i) => {
          const row = logits!.slice(i * 1000, (i + 1) * 1000);
          return row.indexOf(Math.max(...row) as never);
        });
        expect(best).toEqual(top1);
      }),
    );

    it('logits, loss, gradients and statistics of a training pass', () =>
      withLite0(engineName, 2, async ({ network, store, engine }) => {
        const { train } = golden;
        const parameter = (name: string): tf.Variable =>
          store.list().find((stored) => stored.name === name)!.variable;
        engine.write(parameter('_fc.weight'), Float32Array.from(doubles('head.float64')));
        engine.write(parameter('_fc.bias'), new Float32Array(2));
        const targets = Float32Array.from(train.labels.flatMap((label) => [1 - label, label]));
        const outputs = await runOnce(
          engine,
          ({ images, targets: wanted }) => {
            let logits!: tf.Tensor;
            const { value, grads } = tf.variableGrads(() => {
              logits = tf.keep(network.head(network.features(images as tf.Tensor4D, 'training')));
              return tf.neg(tf.mean(tf.sum(tf.mul(wanted!, tf.logSoftmax(logits)), 1))) as tf.Scalar;
            }, store.trainable());
            const stored = store.list().filter(({ trainable }) => trainable).map(({ name, variable }) => {
              const gradient = grads[variable.name]!;
              return [name, gradient.rank === 4 ? tf.transpose(gradient, [3, 2, 0, 1]) : gradient] as const;
            }); // prettier-ignore
            return { loss: value, logits, ...Object.fromEntries(stored) };
          },
          {
            images: { shape: [4, 128, 128, 3], values: imagesOf('images-128.uint8') },
            targets: { shape: [4, 2], values: targets },
          },
        );
        expect(largestError(outputs['logits']!, train.logits.flat())).toBeLessThan(TOLERANCE);
        expect(largestError(outputs['loss']!, [train.loss])).toBeLessThan(TOLERANCE);
        const gradients = Object.entries(train['gradients (norm, sum, first four)']);
        expect(gradients).toHaveLength(149);
        for (const [name, [length, sum, first]] of gradients) {
          const values = outputs[name] as Float32Array;
          const root = Math.sqrt(values.length);
          const total = values.reduce((a, b) => a + b, 0) / root;
          const error = largestError(
            [norm(values), total, ...values.slice(0, 4)],
            [length, sum / root, ...first],
          );
          expect(error, name).toBeLessThan(GRADIENT_TOLERANCE);
        }
        for (const [name, [length, first]] of Object.entries(
          train['running statistics after (norm, first four)'],
        )) {
          const values = await engine.read(parameter(name));
          const error = largestError([norm(values), ...values.slice(0, 4)], [length, ...first]);
          expect(error, name).toBeLessThan(TOLERANCE);
        }
      }));
  });
});
