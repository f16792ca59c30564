import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine, type Values } from '@medgan/engine';
import { createRng, defineClassifier, ParameterStore, type Rng } from '@medgan/plugin-api';
import { runOnce, withEngine } from '@medgan/testing/checks';
import { describe, expect, it } from 'vitest';
import { Adam, ADAM_DEFAULTS } from '../adam.ts';
import {
  buildClassifier,
  classificationLoss,
  drawInputs,
  learningRateAt,
  type ClassificationLoss,
  type ClassifierSpec,
} from '../index.ts';

interface Golden {
  logits: number[];
  labels: number[];
  classes: number;
  losses: { name: string; settings: ClassificationLoss; loss: number; gradient: number[] }[];
  adamw: {
    matrix: number[];
    vector: number[];
    weightDecay: number;
    steps: { rate: number; gradients: [number[], number[]]; matrix: number[]; vector: number[] }[];
  };
}

/** Of PyTorch in float64: make.py beside it. */
const golden = JSON.parse(
  readFileSync(new URL('./__fixtures__/pytorch.json', import.meta.url), 'utf8'),
) as Golden;

const ENGINES = ['onnx', 'cpu'] as const;

const largestError = (actual: ArrayLike<number>, expected: readonly number[]): number =>
  Math.max(...expected.map((value, i) => Math.abs(actual[i]! - value)));

describe.each(ENGINES)('as PyTorch, on %s', (engineName) => {
  it.each(golden.losses)('$name', ({ settings, loss, gradient }) =>
    withEngine(engineName, async (engine) => {
      const { logits, labels, classes } = golden;
      const targets = labels.flatMap((label) =>
        Array.from({ length: classes }, (_, k) => Number(k === label)),
      );
      const shape = [labels.length, classes];
      const outputs = await runOnce(
        engine,
        ({ x, wanted }) => {
          const of = (given: tf.Tensor): tf.Scalar =>
            classificationLoss(given as tf.Tensor2D, wanted as tf.Tensor2D, settings);
          return { loss: of(x!), gradient: tf.grad(of)(x!) };
        },
        {
          x: { shape, values: Float32Array.from(logits) },
          wanted: { shape, values: Float32Array.from(targets) },
        },
      );
      expect(largestError(outputs['loss']!, [loss])).toBeLessThan(1e-6);
      expect(largestError(outputs['gradient']!, gradient)).toBeLessThan(1e-6);
    }),
  );

  it('AdamW, whose learning rate is an input and which leaves vectors without decay', () =>
    withEngine(engineName, async (engine) => {
      const { matrix, vector, weightDecay, steps } = golden.adamw;
      const store = new ParameterStore(engine, createRng(1));
      const make = (name: string, shape: number[], values: number[]): tf.Variable =>
        store.root.parameter(name, { shape, init: () => Float32Array.from(values) });
      const [w, b] = [make('w', [2, 2], matrix), make('b', [2], vector)];
      const adam = new Adam(engine, store.list(), { ...ADAM_DEFAULTS, beta1: 0.9, weightDecay });
      const program = await engine.compile(
        ({ dw, db, rate }) => {
          adam.apply({ [w.name]: dw!, [b.name]: db! }, rate);
          return { done: tf.scalar(1) };
        },
        { dw: { shape: [2, 2] }, db: { shape: [2] }, rate: { shape: [] } },
      );
      for (const step of steps) {
        const [dw, db] = step.gradients.map((list) => Float32Array.from(list)) as [
          Float32Array,
          Float32Array,
        ];
        await program.run({ dw, db, rate: Float32Array.of(step.rate) });
        expect(largestError(await engine.read(w), step.matrix)).toBeLessThan(1e-6);
        expect(largestError(await engine.read(b), step.vector)).toBeLessThan(1e-6);
      }
    }));
});

it('a focal loss of an image that is recognised for sure is 0, with a finite gradient', () =>
  withEngine('onnx', async (engine) => {
    const { loss, gradient } = await runOnce(
      engine,
      ({ x, wanted }) => {
        const of = (given: tf.Tensor): tf.Scalar =>
          classificationLoss(given as tf.Tensor2D, wanted as tf.Tensor2D, { focal: 2 });
        return { loss: of(x!), gradient: tf.grad(of)(x!) };
      },
      {
        x: { shape: [1, 2], values: Float32Array.of(60, -60) },
        wanted: { shape: [1, 2], values: Float32Array.of(1, 0) },
      },
    );
    expect(loss![0]).toBeCloseTo(0, 12);
    expect([...gradient!].every(Number.isFinite)).toBe(true);
  }));

describe('learningRateAt', () => {
  const schedule = { peak: 1e-3, warmUp: 4, steps: 20, final: 1e-5 };

  it('rises to the peak, falls by a half cosine, and ends where it shall', () => {
    const rates = Array.from({ length: 20 }, (_, i) => learningRateAt(schedule, i + 1));
    expect(rates.slice(0, 4)).toEqual([0.25e-3, 0.5e-3, 0.75e-3, 1e-3]);
    expect(rates[11]).toBeCloseTo((1e-3 + 1e-5) / 2, 12);
    expect(rates[19]).toBeCloseTo(1e-5, 15);
    for (let i = 4; i < 20; i++) expect(rates[i]).toBeLessThan(rates[i - 1]!);
    expect(learningRateAt({ peak: 1, warmUp: 3, steps: 3 }, 3)).toBe(1);
  });

  it('refuses steps that it does not have', () => {
    expect(() => learningRateAt(schedule, 21)).toThrowErrorMatchingInlineSnapshot(
      `[MedganError: step 21 of a training of 20 steps]`,
    );
    expect(() => learningRateAt({ ...schedule, warmUp: 30 }, 1)).toThrowErrorMatchingInlineSnapshot(
      `[MedganError: a warm-up of 30 steps in a training of 20]`,
    );
  });
});

/** The means of each image's quarters, dropout, and a linear layer. */
const quarters = defineClassifier({
  name: 'quarters',
  summary: 'A linear layer on the means of four quarters',
  reference: 'none',
  options: { type: 'object', properties: {}, additionalProperties: false },
  smallestImage: 2,
  tiny: { options: {}, sizes: { imageSize: 4, channels: 1, classes: 2 } },
  network({ classes }, _options, parameters) {
    const weight = parameters.parameter('weight', {
      shape: [4, classes],
      init: (shape, rng) => rng.normals(shape[0]! * shape[1]!),
    });
    return {
      layers: [{ name: 'weight', kind: 'linear', output: [classes], parameters: 4 * classes }],
      drawn: { dropout: [4] },
      features: (images) => tf.reshape(tf.avgPool(images, 2, 2, 'valid'), [-1, 4]),
      head: (features, { dropout } = {}) => {
        const kept = dropout ? tf.mul(features, tf.cast(tf.less(dropout, 0.8), 'float32')) : features;
        return tf.matMul(kept, weight as tf.Tensor2D);
      },
    };
  },
});

const SPEC: ClassifierSpec = {
  classifier: quarters,
  options: {},
  sizes: quarters.tiny.sizes,
  loss: { classWeights: [1, 2] },
  adam: { weightDecay: 0.01 },
};

/** A batch of images that are bright above where they are of class 1, and below where they are not. */
function batchOf(rng: Rng): Record<string, Values> {
  const classes = [0, 1, 1, 0];
  const images = classes.flatMap((c) =>
    Array.from({ length: 16 }, (_, i) => (i < 8 === (c === 1) ? 0.5 : -0.5) + 0.1 * rng.normal()),
  );
  return {
    images: Float32Array.from(images),
    targets: Float32Array.from(classes.flatMap((c) => [1 - c, c])),
  };
}

/** Trains from one seed, and gives what is logged of each step, the weights, and the logits of a last batch. */
async function trained(engineName: 'onnx' | 'native' | 'cpu', spec: ClassifierSpec) {
  const engine = await startEngine(engineName, { threads: 1 });
  try {
    const classifier = buildClassifier(engine, spec, createRng(3));
    const inputs = classifier.training.inputs(4);
    const program = await engine.compile(classifier.training.step, inputs);
    const losses: number[] = [];
    for (let step = 1; step <= 30; step++) {
      const rng = createRng(step);
      const rate = learningRateAt({ peak: 0.1, warmUp: 5, steps: 30 }, step);
      const given = { ...batchOf(rng), learning_rate: Float32Array.of(rate), ...drawInputs(inputs, rng) };
      losses.push((await program.run(given))['loss']![0]!);
    }
    const judging = await engine.compile(classifier.judging.step, classifier.judging.inputs(4));
    const { logits } = await judging.run({ images: batchOf(createRng(99))['images']! });
    const weights = await engine.read(classifier.parameters.list()[0]!.variable);
    return { losses, logits: [...logits!], weights: [...weights] };
  } finally {
    await engine.dispose();
  }
}

describe('buildClassifier', () => {
  it('learns, and ends with the same bytes for the same seed', async () => {
    const one = await trained('onnx', SPEC);
    expect(one.losses.at(-1)).toBeLessThan(0.5 * one.losses[0]!);
    const right = [0, 1, 1, 0].map((c, i) => one.logits[2 * i + c]! > one.logits[2 * i + 1 - c]!);
    expect(right).toEqual([true, true, true, true]);
    expect(await trained('onnx', SPEC)).toEqual(one);
  });

  it('computes the same compiled and eagerly', async () => {
    const [compiled, eager] = [await trained('onnx', SPEC), await trained('cpu', SPEC)];
    expect(largestError(compiled.losses, eager.losses)).toBeLessThan(1e-4);
    expect(largestError(compiled.logits, eager.logits)).toBeLessThan(1e-3);
  });

  it('judges by averaged weights where they are kept', async () => {
    const [plain, averaged] = [await trained('onnx', SPEC), await trained('onnx', { ...SPEC, ema: 0.9 })];
    expect(averaged.weights).toEqual(plain.weights);
    expect(averaged.logits).not.toEqual(plain.logits);
  });

  it.each([
    [{ classWeights: [1] }, '1 class weights for 2 classes'],
    [{ classWeights: [1, 0] }, 'a class weight is 0, not above 0'],
    [{ labelSmoothing: 1 }, 'label smoothing is 1, not in [0, 1)'],
    [{ focal: -1 }, 'the focal loss has γ -1, not 0 or more'],
  ])('refuses the loss %j', (loss, message) =>
    withEngine('cpu', async (engine) => {
      await Promise.resolve();
      expect(() => buildClassifier(engine, { ...SPEC, loss }, createRng(1))).toThrow(message);
    }),
  );
});
