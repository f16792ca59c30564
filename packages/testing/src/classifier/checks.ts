import assert from 'node:assert/strict';
import { shapeScope, type ParameterShape } from '@medgan/plugin-api';
import { assertClose, assertFinite, equalValues, magnitude } from '../assertions.ts';
import type { Check } from '../check.ts';
import { pluginChecks } from '../plugin-checks.ts';
import {
  judge,
  learn,
  stateOf,
  tinyDrawn,
  tinyImages,
  withTinyClassifier,
  type ClassifierSubject,
} from './tiny-classifier.ts';

const BATCH = 4;
/** Largest difference between two engines in float32, relative to the outputs. */
const SAME_RESULT = 1e-3;
const PYTORCH_NAME = /^\w+(\.\w+)*$/;

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** What every classifier must do; its networks are built at `tiny` sizes. */
export const classifierChecks: readonly Check<ClassifierSubject>[] = [
  ...pluginChecks<ClassifierSubject>(({ classifier }) => classifier),
  {
    name: 'has parameter names such as PyTorch’s, each made once, and a layer table that counts them',
    run({ classifier, options }) {
      const shapes: ParameterShape[] = [];
      const { layers } = classifier.network(classifier.tiny.sizes, options, shapeScope(shapes));
      const names = shapes.map(({ name }) => name);
      for (const name of names) assert.match(name, PYTORCH_NAME, `${JSON.stringify(name)} is no dotted name`);
      const twice = names.find((name, i) => names.indexOf(name) !== i);
      assert.equal(twice, undefined, `the parameter ${twice} is made twice`);
      const made = shapes.reduce((sum, { trainable, shape }) => sum + (trainable ? sizeOf(shape) : 0), 0);
      const counted = layers.reduce((sum, layer) => sum + layer.parameters, 0);
      assert.equal(counted, made, `the table counts ${counted} parameters, ${made} are made`);
      assert.deepEqual(
        layers.at(-1)?.output,
        [classifier.tiny.sizes.classes],
        'the last row is no row of logits',
      );
    },
  },
  {
    name: 'gives logits [N, classes], of one and three channels, of several classes, from the smallest image on',
    async run(subject) {
      const { smallestImage } = subject.classifier;
      for (const sizes of [
        { channels: 1, classes: 2, imageSize: smallestImage },
        { channels: 3, classes: 5, imageSize: smallestImage + 1 },
      ]) {
        await withTinyClassifier(subject, { sizes }, async (tiny) => {
          for (const mode of ['training', 'evaluation', 'batch-statistics'] as const) {
            const { features, logits, shapes } = await judge(tiny, tinyImages(tiny, BATCH), { mode });
            assert.deepEqual(shapes.logits, [BATCH, sizes.classes], mode);
            assert.equal(shapes.features.length, 2, 'features are not [N, F]');
            assertFinite(`logits in ${mode}`, logits);
            assertFinite(`features in ${mode}`, features);
          }
        });
      }
    },
  },
  {
    name: 'gives every trainable parameter a finite gradient, at most a quarter of them zero',
    run: (subject) =>
      withTinyClassifier(subject, {}, async (tiny) => {
        const [gradients] = await learn(tiny, BATCH);
        const trained = tiny.store.list().filter(({ trainable }) => trainable);
        const still: string[] = [];
        for (const { name } of trained) {
          const gradient = gradients![name];
          assert.ok(gradient, `${name} has no gradient`);
          assertFinite(`gradient of ${name}`, gradient);
          if (magnitude(gradient) === 0) still.push(name);
        }
        // A shift in front of a normalisation changes nothing.
        assert.ok(still.length * 4 <= trained.length, `no gradient reaches ${still.join(', ')}`);
      }),
  },
  {
    name: 'learns: the loss on four images falls by steps down its gradient',
    run: (subject) =>
      withTinyClassifier(subject, {}, async (tiny) => {
        const learnt = await learn(tiny, BATCH, { rate: 0.05, steps: 8 });
        const losses = learnt.map(({ loss }) => loss![0]!);
        assertFinite('loss', losses);
        assert.ok(losses.at(-1)! < losses[0]!, `the loss goes from ${losses[0]} to ${losses.at(-1)}`);
      }),
  },
  {
    name: 'trains on a last batch of one image without losing a number',
    run: (subject) =>
      withTinyClassifier(subject, {}, async (tiny) => {
        await learn(tiny, 1, { rate: 0.01 });
        for (const [name, values] of await stateOf(tiny)) assertFinite(name, values);
      }),
  },
  {
    name: 'judges each image by itself in evaluation mode, and changes no state there',
    run: (subject) =>
      withTinyClassifier(subject, {}, async (tiny) => {
        await learn(tiny, BATCH, { rate: 0.01 });
        const before = await stateOf(tiny);
        const [one, other] = [tinyImages(tiny, 2), tinyImages(tiny, 2, 'b')];
        const mixed = Float32Array.from(other.values);
        mixed.set(one.values.subarray(0, mixed.length / 2));
        const a = await judge(tiny, one, { mode: 'evaluation' });
        const b = await judge(tiny, { shape: one.shape, values: mixed }, { mode: 'evaluation' });
        const first = [a, b].map(({ logits }) => logits.slice(0, tiny.sizes.classes));
        assertClose('logits beside another image', [first[0]!, first[1]!], 1e-5);
        assert.ok(!equalValues(a.logits, b.logits), 'two images get the same logits');
        await judge(tiny, one, { mode: 'batch-statistics' });
        for (const [name, values] of await stateOf(tiny)) {
          assert.ok(equalValues(values, before.get(name)!), `evaluation changed ${name}`);
        }
      }),
  },
  {
    name: 'leaves out what is drawn, and else nothing',
    appliesTo: ({ classifier, options }) =>
      Object.keys(classifier.network(classifier.tiny.sizes, options, shapeScope([])).drawn).length > 0,
    run: (subject) =>
      withTinyClassifier(subject, {}, async (tiny) => {
        const images = tinyImages(tiny, BATCH);
        const mode = 'batch-statistics';
        const whole = await judge(tiny, images, { mode });
        assert.ok(
          equalValues(whole.logits, (await judge(tiny, images, { mode })).logits),
          'logits are not repeated',
        );
        const again = await judge(tiny, images, { mode, drawn: tinyDrawn(tiny, BATCH) });
        assert.ok(!equalValues(whole.logits, again.logits), 'what is drawn changes nothing');
        const same = await judge(tiny, images, { mode, drawn: tinyDrawn(tiny, BATCH) });
        assert.ok(equalValues(again.logits, same.logits), 'the same numbers leave out something else');
      }),
  },
  {
    name: 'starts from its seed: the same seed the same bytes, another seed others',
    async run(subject) {
      const build = (seed: number) => withTinyClassifier(subject, { seed }, stateOf);
      const [one, again, other] = [await build(1), await build(1), await build(2)];
      for (const [name, values] of one) {
        assert.ok(equalValues(values, again.get(name)!), `${name} differs between two builds from one seed`);
      }
      const differs = [...one].some(([name, values]) => !equalValues(values, other.get(name)!));
      assert.ok(differs, 'it starts from the same values whatever the seed');
    },
  },
  {
    name: 'computes the same compiled and eagerly',
    async run(subject) {
      const results = [];
      for (const engine of ['onnx', 'cpu'] as const) {
        results.push(
          await withTinyClassifier(subject, { engine }, async (tiny) => {
            const images = tinyImages(tiny, BATCH);
            const trained = await judge(tiny, images, { mode: 'training', drawn: tinyDrawn(tiny, BATCH) });
            return {
              trained,
              evaluated: await judge(tiny, images, { mode: 'evaluation' }),
              state: await stateOf(tiny),
            };
          }),
        );
      }
      const [compiled, eager] = [results[0]!, results[1]!];
      for (const pass of ['trained', 'evaluated'] as const) {
        assertClose(`logits, ${pass}`, [compiled[pass].logits, eager[pass].logits], SAME_RESULT);
      }
      for (const [name, values] of compiled.state) {
        assertClose(`${name} after a pass`, [values, eager.state.get(name)!], SAME_RESULT);
      }
    },
  },
];
