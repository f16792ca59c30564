import * as tf from '@tensorflow/tfjs-core';
import { OnnxEngine } from '@medgan/engine';
import { createRng, type Architecture } from '@medgan/plugin-api';
import { expect, it } from 'vitest';
import { buildGan } from './gan.ts';
import { StepRunner, type StepValues } from './step-runner.ts';
import { TOY_SPEC, toyGan } from './toy-gan.testing.ts';

/** The toy GAN, whose discriminator also draws its logits on real images to −5. */
const withOwnLoss: Architecture = {
  ...toyGan,
  discriminator(...given) {
    const network = toyGan.discriminator(...given);
    return {
      ...network,
      judgeReal(images, mode) {
        const logits = network.apply(images, mode);
        return { logits, auxiliaryLoss: tf.mean(tf.square(tf.add(logits, 5))) };
      },
    };
  },
};

/** One step on four images, and the discriminator after it. */
async function trained(architecture: Architecture, discriminatorSteps: number) {
  const engine = new OnnxEngine({ threads: 1 });
  const gan = buildGan(engine, { ...TOY_SPEC, architecture, discriminatorSteps }, createRng(1));
  const runner = new StepRunner(gan, createRng(2));
  const pixels = Uint8Array.from({ length: 64 }, (_, i) => (i * 37) % 256);
  let values: StepValues | undefined;
  for (let update = 1; update <= discriminatorSteps; update++) {
    const indices = Uint32Array.of(0, 1, 2, 3);
    [values] = (await runner.run([{ step: 1, update, epoch: 1, pixels, indices }])).map(
      (done) => done.values,
    );
  }
  const state = new Map<string, readonly number[]>();
  for (const { name, variable } of gan.discriminatorParameters.list()) {
    state.set(name, [...(await engine.read(variable))]);
  }
  await engine.dispose();
  return { values: values!, state };
}

it.each([1, 2])(
  'adds the loss a discriminator has of its own, with %i updates of it a step',
  async (updates) => {
    const [plain, own] = [await trained(toyGan, updates), await trained(withOwnLoss, updates)];
    expect(plain.values).not.toHaveProperty('loss/auxiliary');
    expect(own.values['loss/auxiliary']).toBeGreaterThan(0);
    if (updates === 1) {
      const added = own.values['loss/discriminator'] - plain.values['loss/discriminator'];
      expect(added).toBeCloseTo(own.values['loss/auxiliary']!, 5);
    }
    expect(own.state.get('weight')).not.toEqual(plain.state.get('weight'));
    // Real images once, generated ones once, and the generator's own pass.
    expect(own.state.get('seen')).toEqual(plain.state.get('seen'));
  },
);
