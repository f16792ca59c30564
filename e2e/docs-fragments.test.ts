import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '@medgan/engine';
import { wassersteinGp } from '@medgan/objectives';
import { createRng, type Discriminator, type Objective } from '@medgan/plugin-api';
import { brokenRules, objectiveChecks, withEngine } from '@medgan/testing/checks';
import { buildGan, train } from '@medgan/trainer';
import { expect, it } from 'vitest';
import { TOY_PLUGINS, TOY_RUN, toyImages } from '@medgan/trainer/testing';
import { readPages } from './docs/pages.ts';

/** The block of a page that begins so. */
const textOf = (page: string, beginning: string): string =>
  readPages()
    .find(({ name }) => name === page)!
    .blocks.find(({ text }) => text.startsWith(beginning))!.text;

/** The members of an object that a page shows, with `given` in scope. */
const membersOf = <T>(text: string, given: Readonly<Record<string, unknown>>): T =>
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call
  new Function(...Object.keys(given), `return { ${text} };`)(...Object.values(given)) as T;

it('the penalty of docs/plugins.md keeps the contract of objectives', async () => {
  const { penalty } = membersOf<Pick<Objective, 'penalty'>>(textOf('docs/plugins.md', 'penalty('), { tf });
  const objective = { ...wassersteinGp, penalty } as Objective;
  expect(await brokenRules(objectiveChecks, { objective, options: { factor: 10 } })).toEqual([]);
});

it('the judgeReal of docs/plugins.md gives logits, and how far its images are from the real ones', () =>
  withEngine('cpu', async (engine) => {
    const { judgeReal } = membersOf<Required<Pick<Discriminator, 'judgeReal'>>>(
      textOf('docs/plugins.md', 'judgeReal('),
      {
        tf,
        encode: (x: tf.Tensor) => tf.mul(x, 2),
        decode: (x: tf.Tensor) => tf.mul(x, 0.25),
        head: (x: tf.Tensor) => tf.sum(x, [1, 2, 3]),
      },
    );
    const program = await engine.compile(
      ({ images }) => ({ ...judgeReal(images as tf.Tensor4D, 'training') }) as Record<string, tf.Tensor>,
      { images: { shape: [2, 1, 2, 1] } },
    );
    const { logits, auxiliaryLoss } = await program.run({ images: Float32Array.of(1, 1, 2, 2) });
    expect([...logits!]).toEqual([4, 8]);
    expect([...auxiliaryLoss!]).toEqual([0.75]);
  }));

it('the lines of packages/trainer/README.md train', async () => {
  const runDir = mkdtempSync(join(tmpdir(), 'medgan-fragment-'));
  const engine = await startEngine('onnx', { threads: 1 });
  const given = {
    ...{ buildGan, train, engine, runDir, config: TOY_RUN, images: toyImages(10), rng: createRng(1) },
    spec: { ...TOY_RUN, ...TOY_PLUGINS },
    clock: { now: () => 0, monotonic: () => 0 },
    reporter: { onCompiled() {}, onStep() {}, onFile() {} },
  };
  const text = textOf('packages/trainer/README.md', 'const gan = buildGan');
  const { main } = membersOf<{ main: () => Promise<unknown> }>(
    `async main() { ${text}\nreturn result; }`,
    given,
  );
  expect(await main()).toMatchObject({ state: 'finished', steps: 9, totalSteps: 9 });
  await engine.dispose();
  rmSync(runDir, { recursive: true });
});
