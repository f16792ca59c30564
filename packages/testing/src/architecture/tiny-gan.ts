import * as tf from '@tensorflow/tfjs-core';
import type { Engine, EngineName, Program, Values } from '@medgan/engine';
import {
  createRng,
  ParameterStore,
  type Architecture,
  type Discriminator,
  type Generator,
  type Mode,
  type NetworkSizes,
} from '@medgan/plugin-api';
import { runOnce, withEngine, type GivenTensor } from '../run-once.ts';

/** An architecture under test, with the options it is built with. */
export interface ArchitectureSubject {
  readonly architecture: Architecture;
  /** Parsed: defaults filled in. */
  readonly options: object;
}

/** The outputs of a forward pass of both networks; the discriminator gets other images than the generator makes. */
export interface Forward {
  readonly images: Values;
  /** Of `judgeReal` where the discriminator has it. */
  readonly logits: Values;
  /** The loss of `judgeReal`. */
  readonly auxiliaryLoss?: Values;
  readonly shapes: { readonly images: readonly number[]; readonly logits: readonly number[] };
}

/** The two networks at their smallest, in one engine. */
export interface TinyGan {
  readonly engine: Engine;
  readonly sizes: NetworkSizes;
  readonly generator: Generator;
  readonly discriminator: Discriminator;
  readonly stores: { readonly generator: ParameterStore; readonly discriminator: ParameterStore };
  /** Forward passes compiled so far, by mode and batch size. */
  readonly passes: Map<string, ForwardProgram>;
}

interface ForwardProgram {
  readonly program: Program;
  readonly shapes: Forward['shapes'];
}

/** How a tiny GAN is built. */
export interface TinyGanSettings {
  readonly engine?: Exclude<EngineName, 'eager'>;
  readonly channels?: 1 | 3;
  readonly seed?: number;
}

/** Images or latents a check runs on. */
export interface TinyInputs extends Readonly<Record<string, GivenTensor>> {
  /** [N, latentSize], standard normal. */
  readonly latents: GivenTensor;
  /** [N, S, S, C] in [−1, 1], NHWC. */
  readonly images: GivenTensor;
}

/** Builds the networks at `tiny` sizes, passes them to `body`, and frees the engine. */
export function withTinyGan<T>(
  { architecture, options }: ArchitectureSubject,
  settings: TinyGanSettings,
  body: (gan: TinyGan) => Promise<T>,
): Promise<T> {
  const { engine: name = 'onnx', channels, seed = 1 } = settings;
  return withEngine(name, (engine) => {
    const rng = createRng(seed);
    const sizes = channels === undefined ? architecture.tiny : { ...architecture.tiny, channels };
    const stores = {
      generator: new ParameterStore(engine, rng.split('generator')),
      discriminator: new ParameterStore(engine, rng.split('discriminator')),
    };
    const generator = architecture.generator(sizes, options, stores.generator.root);
    const discriminator = architecture.discriminator(sizes, options, stores.discriminator.root);
    return body({ engine, sizes, generator, discriminator, stores, passes: new Map() });
  });
}

/** `count` latents and `count` images, the same ones for the same label. */
export function tinyInputs({ sizes }: TinyGan, count: number, label = 'a'): TinyInputs {
  const { imageSize, channels, latentSize } = sizes;
  const rng = createRng(`inputs/${label}`);
  const pixels = rng.uniforms(count * imageSize * imageSize * channels).map((x) => 2 * x - 1);
  return {
    latents: { shape: [count, latentSize], values: rng.normals(count * latentSize) },
    images: { shape: [count, imageSize, imageSize, channels], values: pixels },
  };
}

/** A discriminator's outputs for real images, as in a training step: logits, and its own loss if it has one. */
function judged(
  discriminator: Discriminator,
  images: tf.Tensor4D,
  mode: Mode,
): { logits: tf.Tensor; auxiliaryLoss?: tf.Scalar } {
  return discriminator.judgeReal?.(images, mode) ?? { logits: discriminator.apply(images, mode) };
}

async function compileForward(gan: TinyGan, mode: Mode, inputs: TinyInputs): Promise<ForwardProgram> {
  let shapes: Forward['shapes'] = { images: [], logits: [] };
  const program = await gan.engine.compile(
    (given) => {
      const images = gan.generator.apply(given['latents'] as tf.Tensor2D, mode);
      const judgement = judged(gan.discriminator, given['images'] as tf.Tensor4D, mode);
      shapes = { images: images.shape, logits: judgement.logits.shape };
      return { images, ...judgement };
    },
    { latents: { shape: inputs.latents.shape }, images: { shape: inputs.images.shape } },
  );
  return {
    program,
    // An eager engine checks shapes only when it runs.
    get shapes() {
      return shapes;
    },
  };
}

/** Runs both networks once in `mode`. */
export async function forward(gan: TinyGan, mode: Mode, inputs: TinyInputs): Promise<Forward> {
  const key = `${mode} ${inputs.latents.shape[0]}`;
  const pass = gan.passes.get(key) ?? (await compileForward(gan, mode, inputs));
  gan.passes.set(key, pass);
  const { images, logits, auxiliaryLoss } = await pass.program.run({
    latents: inputs.latents.values,
    images: inputs.images.values,
  });
  return { images: images!, logits: logits!, ...(auxiliaryLoss && { auxiliaryLoss }), shapes: pass.shapes };
}

/** All state of both networks in stored layout, by `generator/<name>` and `discriminator/<name>`. */
export async function readState(gan: TinyGan): Promise<Map<string, Float32Array | Int32Array>> {
  const state = new Map<string, Float32Array | Int32Array>();
  for (const [network, store] of Object.entries(gan.stores)) {
    for (const { name, variable } of store.list()) {
      state.set(`${network}/${name}`, await gan.engine.read(variable));
    }
  }
  return state;
}

/** Writes the state that `readState` returned. */
export function writeState(gan: TinyGan, state: ReadonlyMap<string, Float32Array | Int32Array>): void {
  for (const [network, store] of Object.entries(gan.stores)) {
    for (const { name, variable } of store.list()) {
      gan.engine.write(variable, state.get(`${network}/${name}`)!);
    }
  }
}

/** Gradients of a step, by `generator/<name>` and `discriminator/<name>`; none for a parameter without one. */
export type Gradients = ReadonlyMap<string, Values>;

/**
 * The gradients of a least-squares GAN for both networks, with the discriminator's own loss if it has one, and, where a
 * `rate` is given, one update of every parameter by rate · g/|g|: large enough to be seen in float32 whatever the
 * gradient's size.
 */
export async function gradientStep(gan: TinyGan, inputs: TinyInputs, rate = 0): Promise<Gradients> {
  const { generator, discriminator, stores } = gan;
  const distance = (logits: tf.Tensor, target: number): tf.Tensor =>
    tf.mean(tf.square(tf.sub(logits, target)));
  const outputs = await runOnce(
    gan.engine,
    (given) => {
      const make = (): tf.Tensor4D => generator.apply(given['latents'] as tf.Tensor2D, 'training');
      const judge = (images: tf.Tensor4D): tf.Tensor => discriminator.apply(images, 'training');
      const losses = {
        generator: () => distance(judge(make()), 1) as tf.Scalar,
        discriminator: () => {
          const real = judged(discriminator, given['images'] as tf.Tensor4D, 'training');
          const loss = tf.add(distance(real.logits, 1), distance(judge(make()), 0));
          return (real.auxiliaryLoss ? tf.add(loss, real.auxiliaryLoss) : loss) as tf.Scalar;
        },
      };
      const found: Record<string, tf.Tensor> = {};
      for (const network of ['generator', 'discriminator'] as const) {
        const { grads } = tf.variableGrads(losses[network], stores[network].trainable());
        for (const { name, variable } of stores[network].list()) {
          const gradient = grads[variable.name];
          if (!gradient) continue;
          found[`${network}/${name}`] = gradient;
          if (rate === 0) continue;
          const direction = tf.div(gradient, tf.add(tf.abs(gradient), 1e-20));
          variable.assign(tf.sub(variable, tf.mul(direction, rate)));
        }
      }
      return found;
    },
    inputs,
  );
  return new Map(Object.entries(outputs));
}

/** Gradients, by the discriminator's parameters, of the squared slope of its logits by the images. */
export async function secondOrder(gan: TinyGan, inputs: TinyInputs): Promise<Gradients> {
  const { discriminator, stores } = gan;
  const outputs = await runOnce(
    gan.engine,
    ({ images }) => {
      const slope = tf.grad((x) => tf.sum(discriminator.apply(x as tf.Tensor4D, 'batch-statistics')));
      const { grads } = tf.variableGrads(
        () => tf.sum(tf.square(slope(images!))) as tf.Scalar,
        stores.discriminator.trainable(),
      );
      return Object.fromEntries(
        stores.discriminator.list().flatMap(({ name, variable }) => {
          const gradient = grads[variable.name];
          return gradient ? [[name, gradient] as const] : [];
        }),
      );
    },
    { images: inputs.images },
  );
  return new Map(Object.entries(outputs));
}
