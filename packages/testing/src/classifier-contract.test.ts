import * as tf from '@tensorflow/tfjs-core';
import {
  defineClassifier,
  type Classifier,
  type ClassifierNetwork,
  type ClassifierSizes,
  type ParameterScope,
} from '@medgan/plugin-api';
import { describe, expect, it } from 'vitest';
import { brokenRules, classifierChecks, classifierContract } from './index.ts';

const FEATURES = 3;

/** A convolution, the means of its channels, dropout, and a linear layer. */
function build({ channels, classes }: ClassifierSizes, parameters: ParameterScope): ClassifierNetwork {
  const draw = (shape: readonly number[], rng: { normals(count: number): Float32Array }): Float32Array =>
    rng.normals(shape.reduce((product, n) => product * n, 1));
  const filter = parameters.parameter('conv.weight', { shape: [3, 3, channels, FEATURES], init: draw });
  const weight = parameters.parameter('fc.weight', { shape: [FEATURES, classes], init: draw });
  const mean = parameters.parameter('running_mean', {
    shape: [FEATURES],
    init: (shape) => new Float32Array(shape[0]!),
    trainable: false,
  });
  return {
    layers: [
      { name: 'conv', kind: 'conv 3×3', output: [1, 1, FEATURES], parameters: 9 * channels * FEATURES },
      { name: 'fc', kind: 'linear', output: [classes], parameters: FEATURES * classes },
    ],
    drawn: { dropout: [FEATURES] },
    features: (images, mode) => {
      const x = tf.mean(tf.relu(tf.conv2d(images, filter as tf.Tensor4D, 2, 'same')), [1, 2]);
      if (mode === 'training') mean.assign(tf.mean(x, 0));
      return x as tf.Tensor2D;
    },
    head: (features, { dropout } = {}) =>
      tf.matMul(
        dropout ? tf.mul(features, tf.cast(tf.less(dropout, 0.5), 'float32')) : features,
        weight as tf.Tensor2D,
      ),
  };
}

const right: Classifier = defineClassifier({
  name: 'right',
  summary: 'One convolution and a linear layer',
  reference: 'none, https://example.org',
  options: { type: 'object', properties: {}, additionalProperties: false },
  smallestImage: 6,
  tiny: { options: {}, sizes: { imageSize: 6, channels: 1, classes: 2 } },
  network: (sizes, _options, parameters) => build(sizes, parameters),
});

classifierContract(right);

/** The right network with another member. */
const changed = (
  change: (network: ClassifierNetwork, parameters: ParameterScope) => Partial<ClassifierNetwork>,
): Partial<Classifier> => ({
  network: (sizes, _options, parameters) => {
    const network = build(sizes, parameters);
    return { ...network, ...change(network, parameters) };
  },
});

/** What is wrong, and what must be found: the beginning of the rule's name and the reason. */
const WRONG: [fault: string, change: Partial<Classifier>, rule: string, reason: RegExp][] = [
  ['no layer table', changed(() => ({ layers: [] })), 'has parameter names', /the table counts 0 parameters/],
  [
    'a name that is no dotted name',
    changed((_network, parameters) => {
      parameters.parameter('a b', { shape: [1], init: () => new Float32Array(1), trainable: false });
      return {};
    }),
    'has parameter names',
    /"a b" is no dotted name/,
  ],
  [
    'probabilities of one class',
    changed(({ head }) => ({ head: (x, drawn) => tf.slice(head(x, drawn), [0, 0], [-1, 1]) })),
    'gives logits',
    /^training/,
  ],
  [
    'a parameter that is not used',
    changed(({ head }) => ({ head: (x, drawn) => tf.mul(head(x, drawn), 0) })),
    'gives every trainable parameter',
    /no gradient reaches conv.weight, fc.weight/,
  ],
  [
    'a gradient of the wrong sign',
    changed(({ features }) => ({
      features: (images, mode, drawn) => {
        const turned = tf.customGrad((x) => ({
          value: tf.clone(x as tf.Tensor),
          gradFunc: (dy: tf.Tensor) => tf.mul(dy, -30),
        }));
        return turned(features(images, mode, drawn)) as tf.Tensor2D;
      },
    })),
    'learns',
    /the loss goes from/,
  ],
  [
    'images judged by the batch',
    changed(({ features }) => ({
      features: (images, mode, drawn) => {
        const x = features(images, mode, drawn);
        return tf.sub(x, tf.mean(x, 0, true)) as tf.Tensor2D;
      },
    })),
    'judges each image by itself',
    /logits beside another image/,
  ],
  [
    'numbers that are drawn for nothing',
    changed(({ head }) => ({ head: (x) => head(x) })),
    'leaves out what is drawn',
    /what is drawn changes nothing/,
  ],
];

describe('the contract of classifiers', () => {
  it.each(WRONG)('finds %s', async (_fault, change, rule, reason) => {
    const broken = await brokenRules(classifierChecks, { classifier: { ...right, ...change }, options: {} });
    const found = broken.find(({ name }) => name.startsWith(rule));
    expect(found, JSON.stringify(broken)).toBeDefined();
    expect(found!.reason).toMatch(reason);
  });
});
