import assert from 'node:assert/strict';
import { assertClose, assertFinite, equalValues, magnitude } from '../assertions.ts';
import type { Check } from '../check.ts';
import {
  forward,
  gradientStep,
  readState,
  secondOrder,
  tinyInputs,
  withTinyGan,
  writeState,
  type ArchitectureSubject,
  type TinyGan,
} from './tiny-gan.ts';

const BATCH = 3;
/** Largest difference that another batch may make to a sample in float32, relative to the outputs. */
const SAME_SAMPLE = 1e-5;
/** Largest difference between two engines in float32, relative to the outputs. */
const SAME_RESULT = 1e-3;

const trainableOf = ({ stores }: TinyGan): string[] =>
  Object.entries(stores).flatMap(([network, store]) =>
    store.list().flatMap(({ name, trainable }) => (trainable ? [`${network}/${name}`] : [])),
  );

/** Names whose values differ between two states. */
async function changed(
  gan: TinyGan,
  before: ReadonlyMap<string, Float32Array | Int32Array>,
): Promise<Set<string>> {
  const after = await readState(gan);
  return new Set(
    [...after].flatMap(([name, values]) => (equalValues(values, before.get(name)!) ? [] : [name])),
  );
}

/** Rules about what the networks compute, checked on the compiled engine at `tiny` sizes. */
export const runChecks: readonly Check<ArchitectureSubject>[] = [
  {
    name: 'gives images [N, S, S, C] in [−1, 1] and logits [N], in one and three channels',
    async run(subject) {
      for (const channels of [1, 3] as const) {
        await withTinyGan(subject, { channels }, async (gan) => {
          const inputs = tinyInputs(gan, BATCH);
          for (const mode of ['training', 'evaluation', 'batch-statistics'] as const) {
            const { images, logits, shapes } = await forward(gan, mode, inputs);
            assert.deepEqual(shapes, { images: inputs.images.shape, logits: [BATCH] }, mode);
            assertFinite(`logits in ${mode}`, logits);
            assertFinite(`images in ${mode}`, images);
            assert.ok(
              magnitude(images) <= 1,
              `images in ${mode} reach ${magnitude(images)}, not within [−1, 1]`,
            );
          }
        });
      }
    },
  },
  {
    name: 'depends on its input: another latent gives another image, another image another logit',
    run: (subject) =>
      withTinyGan(subject, {}, async (gan) => {
        const { images, logits } = await forward(gan, 'batch-statistics', tinyInputs(gan, 2));
        const half = images.length / 2;
        assert.ok(!equalValues(images.slice(0, half), images.slice(half)), 'two latents give one image');
        assert.notEqual(logits[0], logits[1], 'two images get one logit');
      }),
  },
  {
    name: 'gives every trainable parameter a finite gradient that is not zero all over',
    run: (subject) =>
      withTinyGan(subject, {}, async (gan) => {
        const gradients = await gradientStep(gan, tinyInputs(gan, BATCH));
        for (const name of trainableOf(gan)) {
          const gradient = gradients.get(name);
          assert.ok(gradient, `${name} has no gradient`);
          assertFinite(`gradient of ${name}`, gradient);
          assert.ok(magnitude(gradient) > 0, `the gradient of ${name} is zero`);
        }
      }),
  },
  {
    name: 'learns: one step changes every trainable parameter, and all stays finite',
    run: (subject) =>
      withTinyGan(subject, {}, async (gan) => {
        const before = await readState(gan);
        const inputs = tinyInputs(gan, BATCH);
        await gradientStep(gan, inputs, 0.01);
        const moved = await changed(gan, before);
        for (const name of trainableOf(gan)) assert.ok(moved.has(name), `${name} did not change`);
        for (const [name, values] of await readState(gan)) assertFinite(name, values);
        const { images, logits } = await forward(gan, 'training', inputs);
        assertFinite('images after a step', images);
        assertFinite('logits after a step', logits);
      }),
  },
  {
    name: 'has a discriminator that can be differentiated twice, as a gradient penalty does',
    run: (subject) =>
      withTinyGan(subject, {}, async (gan) => {
        const gradients = await secondOrder(gan, tinyInputs(gan, 2));
        assert.ok(gradients.size > 0, 'no parameter has a gradient');
        for (const [name, gradient] of gradients) assertFinite(`second-order gradient of ${name}`, gradient);
        const moved = [...gradients].filter(([, gradient]) => magnitude(gradient) > 0);
        assert.ok(moved.length > 0, 'all second-order gradients are zero');
      }),
  },
  {
    name: 'trains on a last batch of one image without losing a number',
    run: (subject) =>
      withTinyGan(subject, {}, async (gan) => {
        await gradientStep(gan, tinyInputs(gan, 1), 0.01);
        for (const [name, values] of await readState(gan)) assertFinite(name, values);
      }),
  },
  {
    name: 'judges each sample by itself in evaluation mode',
    run: (subject) =>
      withTinyGan(subject, {}, async (gan) => {
        const one = tinyInputs(gan, 2);
        await forward(gan, 'training', one);
        const other = tinyInputs(gan, 2, 'b');
        const replaced = (name: 'latents' | 'images') => {
          const values = Float32Array.from(other[name].values);
          values.set(one[name].values.subarray(0, values.length / 2));
          return { shape: one[name].shape, values };
        };
        const a = await forward(gan, 'evaluation', one);
        const b = await forward(gan, 'evaluation', {
          latents: replaced('latents'),
          images: replaced('images'),
        });
        const firstImage = [a, b].map(({ images }) => images.slice(0, images.length / 2));
        assertClose('an image beside another latent', [firstImage[0]!, firstImage[1]!], SAME_SAMPLE);
        const firstLogit = [a, b].map(({ logits }) => logits.slice(0, 1));
        assertClose('a logit beside another image', [firstLogit[0]!, firstLogit[1]!], SAME_SAMPLE);
      }),
  },
  {
    name: 'changes no state in evaluation and batch-statistics mode',
    run: (subject) =>
      withTinyGan(subject, {}, async (gan) => {
        const inputs = tinyInputs(gan, BATCH);
        await forward(gan, 'training', inputs);
        const before = await readState(gan);
        for (const mode of ['evaluation', 'batch-statistics'] as const) {
          await forward(gan, mode, inputs);
          const moved = await changed(gan, before);
          assert.deepEqual([...moved], [], `${mode} mode changed state`);
        }
      }),
  },
  {
    name: 'keeps its running state in training mode, network by network, and moves nothing trainable',
    run: (subject) =>
      withTinyGan(subject, {}, async (gan) => {
        const before = await readState(gan);
        await forward(gan, 'training', tinyInputs(gan, BATCH));
        const moved = await changed(gan, before);
        for (const name of trainableOf(gan)) assert.ok(!moved.has(name), `a forward pass changed ${name}`);
        for (const [network, store] of Object.entries(gan.stores)) {
          const running = store.list().filter(({ trainable }) => !trainable);
          for (const { name } of running.filter(({ counter }) => counter)) {
            assert.ok(moved.has(`${network}/${name}`), `the counter ${network}/${name} did not count`);
          }
          if (running.length === 0) continue;
          const any = running.some(({ name }) => moved.has(`${network}/${name}`));
          assert.ok(any, `the ${network} has running state, and a forward pass changed none of it`);
        }
      }),
  },
  {
    name: 'is its state: written into another instance, the state gives the same outputs',
    async run(subject) {
      const trained = await withTinyGan(subject, { seed: 1 }, async (gan) => {
        const inputs = tinyInputs(gan, BATCH);
        await forward(gan, 'training', inputs);
        const state = await readState(gan);
        return {
          inputs,
          state,
          evaluated: await forward(gan, 'evaluation', inputs),
          then: await forward(gan, 'training', inputs),
        };
      });
      await withTinyGan(subject, { seed: 2 }, async (gan) => {
        writeState(gan, trained.state);
        const moved = await changed(gan, trained.state);
        assert.deepEqual([...moved], [], 'state that is written is not the state that is read');
        for (const mode of ['evaluation', 'training'] as const) {
          const again = await forward(gan, mode, trained.inputs);
          const expected = mode === 'evaluation' ? trained.evaluated : trained.then;
          assert.ok(equalValues(again.images, expected.images), `other images in ${mode} mode`);
          assert.ok(equalValues(again.logits, expected.logits), `other logits in ${mode} mode`);
        }
      });
    },
  },
  {
    name: 'starts from its seed: the same seed the same bytes, another seed others',
    async run(subject) {
      const build = (seed: number) => withTinyGan(subject, { seed }, readState);
      const [one, again, other] = [await build(1), await build(1), await build(2)];
      for (const [name, values] of one) {
        assert.ok(equalValues(values, again.get(name)!), `${name} differs between two builds from one seed`);
      }
      for (const network of ['generator/', 'discriminator/']) {
        const differs = [...one].some(
          ([name, values]) => name.startsWith(network) && !equalValues(values, other.get(name)!),
        );
        assert.ok(differs, `the ${network.slice(0, -1)} starts from the same values whatever the seed`);
      }
    },
  },
  {
    name: 'computes the same compiled and eagerly',
    async run(subject) {
      const results = [];
      for (const engine of ['onnx', 'cpu'] as const) {
        results.push(
          await withTinyGan(subject, { engine }, async (gan) => {
            const inputs = tinyInputs(gan, 2);
            const trained = await forward(gan, 'training', inputs);
            return {
              trained,
              evaluated: await forward(gan, 'evaluation', inputs),
              state: await readState(gan),
            };
          }),
        );
      }
      const [compiled, eager] = [results[0]!, results[1]!];
      for (const pass of ['trained', 'evaluated'] as const) {
        assertClose(`images, ${pass}`, [compiled[pass].images, eager[pass].images], SAME_RESULT);
        assertClose(`logits, ${pass}`, [compiled[pass].logits, eager[pass].logits], SAME_RESULT);
        const losses = [compiled[pass].auxiliaryLoss ?? [], eager[pass].auxiliaryLoss ?? []] as const;
        assertClose(`auxiliary loss, ${pass}`, losses, SAME_RESULT);
      }
      for (const [name, values] of compiled.state) {
        assertClose(`${name} after a forward pass`, [values, eager.state.get(name)!], SAME_RESULT);
      }
    },
  },
];
