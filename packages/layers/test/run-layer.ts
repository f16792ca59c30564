import * as tf from '@tensorflow/tfjs-core';
import type { EngineName, Values } from '@medgan/engine';
import { createRng, ParameterStore, type Mode, type ParameterScope } from '@medgan/plugin-api';
import { withEngine } from '@medgan/testing';

/** Engines that layers are held against PyTorch's numbers on. */
export const ENGINES = ['onnx', 'cpu'] as const;

/** float32(scale · sin(1.7 i + phase)): numbers that PyTorch and we can both write down. */
export const wave = (count: number, phase: number, scale = 1): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => scale * Math.sin(1.7 * i + phase));

type Layer = (x: tf.Tensor4D, mode: Mode) => tf.Tensor4D;

/** A layer with parameters that were written. */
export interface LayerSpec {
  readonly engine: Exclude<EngineName, 'eager'>;
  readonly build: (parameters: ParameterScope) => Layer;
  /** Parameter values by name, in stored layout. */
  readonly parameters?: Readonly<Record<string, Float32Array>>;
}

/** One pass: images [N, H, W, C] of these values, and the gradient of the output. */
export interface LayerPass {
  readonly shape: readonly [number, number, number, number];
  readonly x: Float32Array;
  readonly dy: Float32Array;
  readonly mode?: Mode;
}

/** What a pass gave: `y`, `dx` (NHWC), and by parameter name its gradient (stored layout). */
type PassResult = Record<string, Values>;

/** A layer that can be run and looked into. */
export interface RunningLayer {
  pass(given: LayerPass): Promise<PassResult>;
  /** Σ g², where g is the gradient by x of Σ y²·dy, and the gradients of that sum. */
  secondOrder(given: LayerPass): Promise<PassResult>;
  read(name: string): Promise<Float32Array | Int32Array>;
}

const toStored = (gradient: tf.Tensor): tf.Tensor =>
  gradient.rank === 4 ? tf.transpose(gradient, [3, 2, 0, 1]) : gradient;

/** Builds a layer, hands it to `body`, and frees the engine. */
export function withLayer<T>(
  { engine: name, build, parameters = {} }: LayerSpec,
  body: (layer: RunningLayer) => Promise<T>,
): Promise<T> {
  return withEngine(name, async (engine) => {
    const store = new ParameterStore(engine, createRng(1));
    const layer = build(store.root);
    const variableOf = (parameter: string): tf.Variable =>
      store.list().find((stored) => stored.name === parameter)!.variable;
    for (const [parameter, values] of Object.entries(parameters)) engine.write(variableOf(parameter), values);

    const gradients = (loss: () => tf.Tensor): Record<string, tf.Tensor> => {
      const { grads } = tf.variableGrads(loss as () => tf.Scalar, store.trainable());
      return Object.fromEntries(
        store
          .list()
          .filter(({ trainable }) => trainable)
          .map(({ name: parameter, variable }) => [parameter, toStored(grads[variable.name]!)]),
      );
    };
    const run = async (
      step: (x: tf.Tensor, dy: tf.Tensor) => Record<string, tf.Tensor>,
      given: LayerPass,
    ) => {
      const program = await engine.compile(({ x, dy }) => step(x!, dy!), {
        x: { shape: given.shape },
        dy: { shape: [given.dy.length] },
      });
      return program.run({ x: given.x, dy: given.dy });
    };

    return body({
      read: (parameter) => engine.read(variableOf(parameter)),
      pass: (given) =>
        run((x, dy) => {
          const mode = given.mode ?? 'training';
          let y!: tf.Tensor;
          const out = gradients(() => {
            y = tf.keep(layer(x as tf.Tensor4D, mode));
            return tf.sum(tf.mul(tf.reshape(y, [-1]), dy));
          });
          // State must move once: the gradient by x comes from a pass that moves none, where there is one.
          const still = mode === 'training' ? 'batch-statistics' : mode;
          const dx = tf.grad((images) =>
            tf.sum(tf.mul(tf.reshape(layer(images as tf.Tensor4D, still), [-1]), dy)),
          )(x);
          return { ...out, y, dx };
        }, given),
      secondOrder: (given) =>
        run((x, dy) => {
          const slope = tf.grad((images) =>
            tf.sum(tf.mul(tf.reshape(tf.square(layer(images as tf.Tensor4D, 'batch-statistics')), [-1]), dy)),
          );
          const penalty = (images: tf.Tensor): tf.Tensor => tf.sum(tf.square(slope(images)));
          return { ...gradients(() => penalty(x)), dx: tf.grad(penalty)(x), penalty: penalty(x) };
        }, given),
    });
  });
}
