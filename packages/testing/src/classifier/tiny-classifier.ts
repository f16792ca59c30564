import * as tf from '@tensorflow/tfjs-core';
import type { Engine, EngineName, Values } from '@medgan/engine';
import {
  createRng,
  ParameterStore,
  type Classifier,
  type ClassifierNetwork,
  type ClassifierSizes,
  type Drawn,
  type Mode,
} from '@medgan/plugin-api';
import { runOnce, withEngine, type GivenTensor } from '../run-once.ts';

/** A classifier under test, with the options it is built with. */
export interface ClassifierSubject {
  readonly classifier: Classifier;
  /** Parsed: defaults filled in. */
  readonly options: object;
}

/** A classifier at its smallest, in one engine. */
export interface TinyClassifier {
  readonly engine: Engine;
  readonly sizes: ClassifierSizes;
  readonly network: ClassifierNetwork;
  readonly store: ParameterStore;
}

/** How it is built. */
export interface TinySettings {
  readonly engine?: Exclude<EngineName, 'eager'>;
  readonly sizes?: Partial<ClassifierSizes>;
  readonly seed?: number;
}

/** Builds the network at `tiny` sizes, hands it to `body`, and frees the engine. */
export function withTinyClassifier<T>(
  { classifier, options }: ClassifierSubject,
  { engine: name = 'onnx', sizes: changed = {}, seed = 1 }: TinySettings,
  body: (tiny: TinyClassifier) => Promise<T>,
): Promise<T> {
  return withEngine(name, (engine) => {
    const sizes = { ...classifier.tiny.sizes, ...changed };
    const store = new ParameterStore(engine, createRng(seed));
    const network = classifier.network(sizes, options, store.root);
    return body({ engine, sizes, network, store });
  });
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** `count` images [N, S, S, C] in [−1, 1], NHWC, the same ones for the same label. */
export function tinyImages({ sizes }: TinyClassifier, count: number, label = 'a'): GivenTensor {
  const { imageSize, channels } = sizes;
  const shape = [count, imageSize, imageSize, channels];
  return {
    shape,
    values: createRng(`images/${label}`)
      .uniforms(sizeOf(shape))
      .map((x) => 2 * x - 1),
  };
}

/** What a step draws for a batch, the same for the same label. */
export function tinyDrawn(
  { network }: TinyClassifier,
  batch: number,
  label = 'a',
): Record<string, GivenTensor> {
  return Object.fromEntries(
    Object.entries(network.drawn).map(([name, shape]) => {
      const full = [batch, ...shape];
      return [name, { shape: full, values: createRng(`drawn/${label}/${name}`).uniforms(sizeOf(full)) }];
    }),
  );
}

/** What a pass gave. */
export interface Judged {
  readonly features: Values;
  readonly logits: Values;
  readonly shapes: { readonly features: readonly number[]; readonly logits: readonly number[] };
}

/** Judges images once in `mode`; what is drawn, if anything, leaves a part of the network out. */
export async function judge(
  { engine, network }: TinyClassifier,
  images: GivenTensor,
  { mode, drawn = {} }: { readonly mode: Mode; readonly drawn?: Readonly<Record<string, GivenTensor>> },
): Promise<Judged> {
  let shapes: Judged['shapes'] = { features: [], logits: [] };
  const { features, logits } = await runOnce(
    engine,
    ({ images: x, ...noise }) => {
      const given: Drawn = noise;
      const made = network.features(x as tf.Tensor4D, mode, given);
      const said = network.head(made, given);
      shapes = { features: made.shape, logits: said.shape };
      return { features: made, logits: said };
    },
    { images, ...drawn },
  );
  return { features: features!, logits: logits!, shapes };
}

/** All state in stored layout, by name. */
export async function stateOf({
  engine,
  store,
}: TinyClassifier): Promise<Map<string, Float32Array | Int32Array>> {
  const state = new Map<string, Float32Array | Int32Array>();
  for (const { name, variable } of store.list()) state.set(name, await engine.read(variable));
  return state;
}

/** How often a tiny classifier learns, and how far it goes down the gradient each time. */
export interface Learning {
  readonly rate?: number;
  readonly steps?: number;
}

/** Cross entropy of images of alternating classes (`loss`) and its gradients by name, one for each step. */
export async function learn(
  tiny: TinyClassifier,
  count: number,
  { rate = 0, steps = 1 }: Learning = {},
): Promise<Record<string, Values>[]> {
  const { engine, network, store, sizes } = tiny;
  const { classes } = sizes;
  const images = tinyImages(tiny, count);
  const targets = new Float32Array(count * classes);
  for (let i = 0; i < count; i++) targets[i * classes + (i % classes)] = 1;
  const program = await engine.compile(
    (given) => {
      const loss = (): tf.Scalar => {
        const logits = network.head(network.features(given['images'] as tf.Tensor4D, 'training'));
        return tf.neg(tf.mean(tf.sum(tf.mul(given['targets']!, tf.logSoftmax(logits)), 1))) as tf.Scalar;
      };
      const { value, grads } = tf.variableGrads(loss, store.trainable());
      const found: Record<string, tf.Tensor> = { loss: value };
      for (const { name, variable } of store.list()) {
        const gradient = grads[variable.name];
        if (!gradient) continue;
        found[name] = gradient;
        if (rate > 0) variable.assign(tf.sub(variable, tf.mul(gradient, rate)));
      }
      return found;
    },
    { images: { shape: images.shape }, targets: { shape: [count, classes] } },
  );
  return program.runSeries(Array.from({ length: steps }, () => ({ images: images.values, targets })));
}
