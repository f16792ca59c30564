import assert from 'node:assert/strict';
import { assertClose, assertFinite, magnitude } from '../assertions.ts';
import type { Check } from '../check.ts';
import { HARD, lossesOf, someLogits, withLosses, type Logits, type ObjectiveSubject } from './losses.ts';

/** Logits at which a float32 sigmoid is 0 or 1, and beyond the range of exp. */
const SATURATED = [-120, -30, 0, 30, 120];
const STEP = 1e-2;

const shifted = (values: Float32Array, by: number): Float32Array => values.map((x) => x + by);
const twice = (values: Float32Array): Float32Array => Float32Array.of(...values, ...values);

/** (f(x + h) − f(x − h)) / 2h for every value of `at`. */
async function slopes(at: Float32Array, value: (x: Float32Array) => Promise<number>): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < at.length; i++) {
    const moved = (by: number) => value(at.map((x, j) => (i === j ? x + by : x)));
    found.push(((await moved(STEP)) - (await moved(-STEP))) / (2 * STEP));
  }
  return found;
}

/** Rules about the two losses. */
export const lossChecks: readonly Check<ObjectiveSubject>[] = [
  {
    name: 'gives finite scalars and finite gradients, for saturated logits too',
    async run(subject) {
      const saturated = Float32Array.from(SATURATED);
      const batches: Logits[] = [
        someLogits(5),
        someLogits(1),
        { real: saturated, fake: saturated },
        { real: saturated, fake: saturated.toReversed() },
      ];
      for (const logits of batches) {
        const losses = await lossesOf(subject, logits);
        assert.deepEqual(losses.ranks, { discriminator: 0, generator: 0 }, 'a loss is not a scalar');
        assertFinite('the losses', [losses.discriminator, losses.generator]);
        for (const [of, gradient] of Object.entries(losses.gradients))
          assertFinite(`gradient: ${of}`, gradient);
      }
    },
  },
  {
    name: 'reaches the logits of both batches with its gradients',
    async run(subject) {
      const { gradients } = await lossesOf(subject, someLogits(4));
      assert.ok(magnitude(gradients.real) > 0, 'no gradient of the discriminator’s loss on real images');
      assert.ok(magnitude(gradients.fake) > 0, 'no gradient of the discriminator’s loss on generated images');
      assert.ok(magnitude(gradients.generator) > 0, 'no gradient of the generator’s loss');
    },
  },
  {
    name: 'has gradients that are the slopes of its losses',
    run: (subject) =>
      withLosses(subject, { batch: 4, labels: { real: 0.9, fake: 0.1, generator: 0.8 } }, async (losses) => {
        const { real, fake } = someLogits(4);
        const { gradients } = await losses({ real, fake });
        const onReal = await slopes(real, async (x) => (await losses({ real: x, fake })).discriminator);
        const onFake = await slopes(fake, async (x) => (await losses({ real, fake: x })).discriminator);
        const onGenerator = await slopes(fake, async (x) => (await losses({ real, fake: x })).generator);
        assertClose('discriminator’s loss by the real logits', [gradients.real, onReal], 2e-3);
        assertClose('discriminator’s loss by the fake logits', [gradients.fake, onFake], 2e-3);
        assertClose('generator’s loss by the fake logits', [gradients.generator, onGenerator], 2e-3);
      }),
  },
  {
    name: 'falls when the logits move to their targets: a higher logit means real',
    run: (subject) =>
      withLosses(subject, { batch: 4 }, async (losses) => {
        // Between the targets of all objectives in use, where none of them is flat.
        const { real, fake } = someLogits(4, { centre: 0.5, spread: 0.2 });
        const start = await losses({ real, fake });
        const surer = await losses({ real: shifted(real, 0.05), fake: shifted(fake, -0.05) });
        const fooled = await losses({ real, fake: shifted(fake, 0.05) });
        assert.ok(surer.discriminator < start.discriminator, 'a better discriminator has no smaller loss');
        assert.ok(fooled.generator < start.generator, 'a better generator has no smaller loss');
      }),
  },
  {
    name: 'is a mean over the batch: the same batch twice costs the same',
    async run(subject) {
      const { real, fake } = someLogits(3);
      const once = await lossesOf(subject, { real, fake });
      const again = await lossesOf(subject, { real: twice(real), fake: twice(fake) });
      assertClose('discriminator’s loss', [[again.discriminator], [once.discriminator]], 1e-5);
      assertClose('generator’s loss', [[again.generator], [once.generator]], 1e-5);
    },
  },
  {
    name: 'follows each label where it uses labels, and none where it does not',
    async run(subject) {
      const logits = someLogits(3);
      const losses = (labels: object) => lossesOf(subject, logits, { labels: { ...HARD, ...labels } });
      const hard = await losses({});
      const follows = subject.objective.usesLabels;
      const answers: [string, object, boolean, boolean][] = [
        ['real', { real: 0.7 }, follows, false],
        ['fake', { fake: 0.3 }, follows, false],
        ['generator', { generator: 0.7 }, false, follows],
      ];
      for (const [label, labels, onDiscriminator, onGenerator] of answers) {
        const soft = await losses(labels);
        const verb = (changes: boolean): string => (changes ? 'changes with' : 'does not change with');
        for (const [network, expected] of [
          ['discriminator', onDiscriminator],
          ['generator', onGenerator],
        ] as const) {
          const changes = soft[network] !== hard[network];
          assert.equal(changes, expected, `the ${network}’s loss ${verb(changes)} the ${label} label`);
        }
      }
    },
  },
  {
    name: 'computes the same compiled and eagerly',
    async run(subject) {
      const logits = someLogits(6, { spread: 3 });
      const compiled = await lossesOf(subject, logits, { engine: 'onnx' });
      const eager = await lossesOf(subject, logits, { engine: 'cpu' });
      for (const network of ['discriminator', 'generator'] as const) {
        assertClose(`${network}’s loss`, [[compiled[network]], [eager[network]]], 1e-5);
      }
      for (const of of ['real', 'fake', 'generator'] as const) {
        assertClose(`gradient: ${of}`, [compiled.gradients[of], eager.gradients[of]], 1e-4);
      }
    },
  },
];
