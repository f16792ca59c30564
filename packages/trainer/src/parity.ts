import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Engine } from '@medgan/engine';
import { MedganError, messageOf } from '@medgan/files';
import { createRng, type Architecture, type Objective, type Registry } from '@medgan/plugin-api';
import { readSafetensorsFile, type TensorData } from '@medgan/weights';
import { ADAM_DEFAULTS } from './adam.ts';
import { buildGan, type Gan } from './gan.ts';
import { toNhwc } from './layout.ts';
import { readNetwork, writeNetwork } from './network-state.ts';

/** `case.json` of a recorded trajectory. */
interface RecordedCase {
  readonly case: {
    readonly name: string;
    readonly arch: string;
    readonly image_size: number;
    readonly nz: number;
    readonly ngf: number;
    readonly ndf: number;
    readonly nc: number;
    readonly batch: number;
    readonly steps: number;
    /** Target of real images and of the generator; 1 when absent. */
    readonly real?: number;
    readonly lr_g?: number;
    readonly lr_d?: number;
  };
  readonly trajectory: readonly { readonly lossD: number; readonly lossG: number }[];
}

/** How far a replay is from the recording. */
export interface ParityReport {
  readonly case: string;
  readonly engine: string;
  readonly ok: boolean;
  readonly tolerance: number;
  readonly steps: readonly {
    readonly step: number;
    readonly generator: number;
    readonly discriminator: number;
  }[];
  /** Largest relative error of a loss. */
  readonly max_loss_error: number;
  /** Largest relative L2 error of a state tensor: weights, running statistics, spectral-norm vectors. */
  readonly max_weight_error: number;
  /** Name of that tensor. */
  readonly worst_tensor: string;
  /** Largest absolute error of an evaluation-mode image, in [−1, 1]. */
  readonly max_image_error: number;
}

/** Which recording is replayed, and with what. */
export interface ParityRequest {
  readonly directory: string;
  readonly engine: Engine;
  readonly architectures: Registry<Architecture>;
  readonly objective: Objective;
  readonly tolerance: number;
}

async function readCase(directory: string): Promise<RecordedCase> {
  const path = join(directory, 'case.json');
  try {
    return JSON.parse(await readFile(path, 'utf8')) as RecordedCase;
  } catch (error) {
    throw new MedganError(`no recorded trajectory in ${directory}: ${messageOf(error)}`, {
      cure: 'give a folder that holds case.json and the files beside it',
      cause: error,
    });
  }
}

/** The recorded z of step k as [batch, nz]. */
const latentOf = (z: TensorData, step: number): Float32Array => {
  const each = (z.data as Float32Array).length / z.shape[0]!;
  return (z.data as Float32Array).slice(step * each, (step + 1) * each);
};

const relative = (actual: number, expected: number): number =>
  Math.abs(actual - expected) / Math.abs(expected);

function relativeL2(actual: TensorData, expected: TensorData): number {
  let difference = 0;
  let norm = 0;
  for (const [i, value] of expected.data.entries()) {
    difference += (Number(actual.data[i]) - Number(value)) ** 2;
    norm += Number(value) ** 2;
  }
  return Math.sqrt(difference) / Math.max(Math.sqrt(norm), 1e-12);
}

async function weightErrors(gan: Gan, directory: string): Promise<{ name: string; error: number }[]> {
  const errors: { name: string; error: number }[] = [];
  for (const [kind, store] of [
    ['generator', gan.generatorParameters],
    ['discriminator', gan.discriminatorParameters],
  ] as const) {
    const expected = (await readSafetensorsFile(join(directory, `final-${kind}.safetensors`))).tensors;
    const actual = await readNetwork(gan.engine, store);
    for (const [name, tensor] of expected) {
      errors.push({ name: `${kind} ${name}`, error: relativeL2(actual.get(name)!, tensor) });
    }
  }
  return errors;
}

/** The recorded images are the generator's of the first latents of `latent`: as many as there are images. */
async function imageError(gan: Gan, latent: Float32Array, directory: string): Promise<number> {
  const expected = (await readSafetensorsFile(join(directory, 'eval-images.safetensors'))).tensors.get(
    'images',
  )!;
  const batch = expected.shape[0]!;
  const { latentSize } = gan.spec.sizes;
  const program = await gan.engine.compile(
    (inputs) => ({ images: gan.generator.apply(inputs['latent'] as Tensor2D, 'evaluation') }),
    { latent: { shape: [batch, latentSize] } },
  );
  const actual = (await program.run({ latent: latent.slice(0, batch * latentSize) }))['images']!;
  await program.dispose();
  const wanted = toNhwc(expected.data as Float32Array, expected.shape);
  return wanted.reduce((worst, value, i) => Math.max(worst, Math.abs(value - actual[i]!)), 0);
}

/** Replays a trajectory recorded from PyTorch, from its start weights and inputs, and measures every difference. */
export async function replay(request: ParityRequest): Promise<ParityReport> {
  const { directory, engine, architectures, objective, tolerance } = request;
  const { case: recorded, trajectory } = await readCase(directory);
  const real = recorded.real ?? 1;
  const sizes = {
    imageSize: recorded.image_size,
    channels: recorded.nc,
    latentSize: recorded.nz,
    generatorFeatures: recorded.ngf,
    discriminatorFeatures: recorded.ndf,
  };
  const gan = buildGan(
    engine,
    {
      architecture: architectures.get(recorded.arch),
      architectureOptions: { discriminator: 'plain' },
      sizes,
      objective,
      objectiveOptions: {},
      labels: { real, fake: 0, generator: real },
      learningRate: {
        generator: recorded.lr_g ?? ADAM_DEFAULTS.learningRate,
        discriminator: recorded.lr_d ?? ADAM_DEFAULTS.learningRate,
      },
      beta1: ADAM_DEFAULTS.beta1,
    },
    createRng(0),
  );
  for (const [kind, store] of [
    ['generator', gan.generatorParameters],
    ['discriminator', gan.discriminatorParameters],
  ] as const) {
    const source = join(directory, `init-${kind}.safetensors`);
    writeNetwork(engine, store, { tensors: (await readSafetensorsFile(source)).tensors, source });
  }
  const z = (await readSafetensorsFile(join(directory, 'inputs.safetensors'))).tensors.get('z')!;
  const pixels = await readFile(join(directory, 'real.uint8'));
  const shape = [recorded.batch, recorded.nc, recorded.image_size, recorded.image_size];
  const each = shape.reduce((product, n) => product * n, 1);

  const { both } = gan.updates;
  const program = await engine.compile(both.step, both.inputs(recorded.batch));
  const steps: { step: number; generator: number; discriminator: number }[] = [];
  for (const [k, { lossD, lossG }] of trajectory.entries()) {
    const images = Float32Array.from(pixels.subarray(k * each, (k + 1) * each), (byte) => byte / 127.5 - 1);
    const losses = await program.run({ real: toNhwc(images, shape), latent: latentOf(z, k) });
    steps.push({
      step: k + 1,
      generator: relative(losses['loss/generator']![0]!, lossG),
      discriminator: relative(losses['loss/discriminator']![0]!, lossD),
    });
  }

  const errors = await weightErrors(gan, directory);
  const worst = errors.reduce((a, b) => (b.error > a.error ? b : a));
  const maxLoss = Math.max(...steps.flatMap((s) => [s.generator, s.discriminator]));
  const maxImage = await imageError(gan, latentOf(z, 0), directory);
  return {
    case: recorded.name,
    engine: engine.name,
    ok: [maxLoss, worst.error, maxImage].every((error) => error <= tolerance),
    tolerance,
    steps,
    max_loss_error: maxLoss,
    max_weight_error: worst.error,
    worst_tensor: worst.name,
    max_image_error: maxImage,
  };
}
