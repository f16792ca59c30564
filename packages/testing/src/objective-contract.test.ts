import * as tf from '@tensorflow/tfjs-core';
import { defineObjective, type Objective } from '@medgan/plugin-api';
import { describe, expect, it } from 'vitest';
import { brokenRules, objectiveChecks, objectiveContract } from './index.ts';

const distance = (logits: tf.Tensor, target: number): tf.Tensor => tf.mean(tf.square(tf.sub(logits, target)));

/** Least squares to the labels, with a penalty on the squared slope. */
const right: Objective = defineObjective({
  name: 'right',
  summary: 'Least squares with a penalty',
  reference: 'none, https://example.org',
  options: { type: 'object', properties: {}, additionalProperties: false },
  usesLabels: true,
  discriminatorLoss: ({ real, fake }, labels) =>
    tf.add(distance(real, labels.real), distance(fake, labels.fake)),
  generatorLoss: (fake, labels) => distance(fake, labels.generator),
  penalty: ({ real, discriminate }) =>
    tf.mean(tf.square(tf.grad((x) => tf.sum(discriminate(x as tf.Tensor4D)))(real))),
});

objectiveContract(right);

/** A gradient that is off by half. */
const wrongSlope = tf.customGrad((x) => ({
  value: tf.clone(x as tf.Tensor),
  gradFunc: (dy: tf.Tensor) => tf.mul(dy, 0.5),
}));

/** What is wrong, and what must be found: the beginning of the rule's name and the reason. */
const WRONG: [fault: string, change: Partial<Objective>, rule: string, reason: RegExp][] = [
  [
    'a loss per sample',
    { generatorLoss: (fake) => tf.square(fake) as never },
    'gives finite scalars',
    /scalar/,
  ],
  [
    'a logarithm of nothing',
    { generatorLoss: (fake) => tf.mean(tf.neg(tf.log(tf.sigmoid(fake)))) },
    'gives finite scalars',
    /is (NaN|-?Infinity)/,
  ],
  [
    'real logits forgotten',
    { discriminatorLoss: ({ real, fake }) => tf.add(tf.mean(fake), tf.mul(tf.sum(real), 0)) },
    'reaches the logits',
    /no gradient of the discriminator’s loss on real images/,
  ],
  [
    'a gradient of its own that is wrong',
    { generatorLoss: (fake, labels) => distance(wrongSlope(fake), labels.generator) },
    'has gradients that are the slopes',
    /generator’s loss by the fake logits: off by/,
  ],
  [
    'the generator pulled the wrong way',
    { generatorLoss: (fake) => tf.mean(fake) },
    'falls when the logits move',
    /a better generator has no smaller loss/,
  ],
  [
    'a sum over the batch',
    { generatorLoss: (fake) => tf.sum(tf.neg(fake)) },
    'is a mean over the batch',
    /generator’s loss: off by/,
  ],
  [
    'the wrong label',
    { generatorLoss: (fake, labels) => distance(fake, labels.real) },
    'follows each label',
    /the generator’s loss changes with the real label/,
  ],
  [
    'labels used and denied',
    { usesLabels: false },
    'follows each label',
    /the discriminator’s loss changes with the real label/,
  ],
  [
    'another loss by another engine',
    { generatorLoss: (fake) => tf.mul(tf.mean(fake), tf.getBackend() === 'cpu' ? -1.1 : -1) },
    'computes the same compiled',
    /generator’s loss: off by/,
  ],
  [
    'a negative penalty',
    { penalty: (inputs, options) => tf.sub(right.penalty!(inputs, options), 1e6) },
    'has a penalty that is a finite scalar',
    /the penalty is -/,
  ],
  [
    'a root without a slope',
    {
      penalty: ({ real, discriminate }) => {
        const slope = tf.grad((x) => tf.sum(discriminate(x as tf.Tensor4D)))(real);
        return tf.mean(tf.sqrt(tf.sum(tf.square(slope), [1, 2, 3])));
      },
    },
    'has a penalty that is a finite scalar',
    /the penalty’s gradient by filter, where the discriminator is flat \(.*\): value 0 is NaN/,
  ],
  [
    'a penalty without a second derivative',
    {
      penalty: ({ real, discriminate }) => {
        const slope = tf.grad((x) => tf.sum(wrongSlope(discriminate(x as tf.Tensor4D))))(real);
        return tf.add(tf.mean(tf.square(slope)), tf.mean(wrongSlope(tf.square(discriminate(real)))));
      },
    },
    'has a penalty whose gradients',
    /the penalty by the filter: off by/,
  ],
  [
    'another penalty by another engine',
    {
      penalty: (inputs, options) =>
        tf.mul(right.penalty!(inputs, options), tf.getBackend() === 'cpu' ? 1.1 : 1),
    },
    'computes the same penalty',
    /the penalty: off by/,
  ],
];

describe('the objective contract', () => {
  it.each(WRONG)('finds: %s', async (...[, change, rule, reason]) => {
    const rules = objectiveChecks.filter(({ name }) => name.startsWith(rule));
    expect(await brokenRules(rules, { objective: { ...right, ...change }, options: {} })).toEqual([
      { name: rules[0]!.name, reason: expect.stringMatching(reason) },
    ]);
  });

  it('leaves out the rules about penalties where there is none', async () => {
    const { penalty: _none, ...plain } = right;
    const rules = objectiveChecks.filter(({ name }) => name.includes('penalty'));
    expect(rules).toHaveLength(3);
    expect(await brokenRules(rules, { objective: plain, options: {} })).toEqual([]);
  });
});
