import * as tf from '@tensorflow/tfjs-core';
import type { Engine, Step } from '@medgan/engine';
import { assertClose } from '../assertions.ts';
import type { Check } from '../check.ts';
import { useEngine, type EngineSubject } from './use-engine.ts';

/** A convolution of NHWC images by a filter [kernel, kernel, channels, maps]. */
interface Convolution {
  readonly images: readonly [number, number, number, number];
  readonly maps: number;
  readonly kernel: number;
  readonly stride: number;
  /** Rows above and below, columns left and right; a number stands for all four. */
  readonly pad: number | readonly [readonly [number, number], readonly [number, number]];
}

/** Convolutions of discriminators and generators (one padding for all sides, with and without strides), and one of uneven padding. */
const CONVOLUTIONS: readonly Convolution[] = [
  { images: [2, 6, 4, 2], maps: 3, kernel: 4, stride: 2, pad: 1 },
  { images: [2, 5, 4, 2], maps: 3, kernel: 3, stride: 1, pad: 1 },
  { images: [1, 4, 4, 3], maps: 2, kernel: 4, stride: 1, pad: 0 },
  { images: [1, 5, 6, 2], maps: 2, kernel: 3, stride: 2, pad: [[1, 0], [2, 1]] },
]; // prettier-ignore

const sides = ({ pad }: Convolution) => (typeof pad === 'number' ? [[pad, pad], [pad, pad]] as const : pad); // prettier-ignore

const asTf = ({ pad }: Convolution): number =>
  (typeof pad === 'number' ? pad : [[0, 0], pad[0], pad[1], [0, 0]]) as number;

/** Shape of the output: [images, rows, columns, maps]. */
function outputShape(c: Convolution): [number, number, number, number] {
  const [[top, bottom], [left, right]] = sides(c);
  const [n, h, w] = c.images;
  const size = (pixels: number): number => Math.floor((pixels - c.kernel) / c.stride) + 1;
  return [n, size(h + top + bottom), size(w + left + right), c.maps];
}

/** Every product of a convolution, as places in the images, the filter and the output. */
function* products(c: Convolution): Generator<{ x: number; filter: number; y: number }> {
  const [[top], [left]] = sides(c);
  const [n, h, w, channels] = c.images;
  const [, rows, columns, maps] = outputShape(c);
  const inner = c.kernel * c.kernel * channels * maps;
  for (let i = 0; i < n * rows * columns * inner; i++) {
    const filter = i % inner;
    const place = Math.floor(i / inner);
    const [map, channel] = [filter % maps, Math.floor(filter / maps) % channels];
    const tap = Math.floor(filter / (maps * channels));
    const image = Math.floor(place / (rows * columns));
    const row = (Math.floor(place / columns) % rows) * c.stride + Math.floor(tap / c.kernel) - top;
    const column = (place % columns) * c.stride + (tap % c.kernel) - left;
    if (row < 0 || row >= h || column < 0 || column >= w) continue;
    yield { x: ((image * h + row) * w + column) * channels + channel, filter, y: place * maps + map };
  }
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

const waves = (shape: readonly number[], from: number): Float32Array =>
  Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(from + 1.7 * i));

/** The expected values, in plain loops: of a convolution, and of its transposed convolution. */
function inLoops(c: Convolution, given: Readonly<Record<'x' | 'filter' | 'y', Float32Array>>) {
  const zeros = (values: Float32Array): Float64Array => new Float64Array(values.length);
  const right = { x: zeros(given.x), y: zeros(given.y), byY: zeros(given.filter) };
  for (const { x, filter, y } of products(c)) {
    right.y[y]! += given.x[x]! * given.filter[filter]!;
    right.x[x]! += given.y[y]! * given.filter[filter]!;
    right.byY[filter]! += given.x[x]! * given.y[y]!;
  }
  return right;
}

const gradients = (run: (x: tf.Tensor, filter: tf.Tensor) => tf.Tensor): Step => {
  return ({ x, filter, dy }) => {
    const [byInput, byFilter] = tf.grads(run)([x!, filter!], dy);
    return { y: run(x!, filter!), byInput: byInput!, byFilter: byFilter! };
  };
};

async function checkConvolution(engine: Engine, c: Convolution): Promise<void> {
  const shapes = { x: [...c.images], filter: [c.kernel, c.kernel, c.images[3], c.maps], y: outputShape(c) };
  const given = { x: waves(shapes.x, 0), filter: waves(shapes.filter, 1), y: waves(shapes.y, 2) };
  const right = inLoops(c, given);
  const name = `${c.images.join('×')} by ${c.kernel}, stride ${c.stride}, padding ${JSON.stringify(c.pad)}`;
  const compare = async (
    what: string,
    run: Parameters<typeof gradients>[0],
    from: 'x' | 'y',
  ): Promise<void> => {
    const to = from === 'x' ? 'y' : 'x';
    const program = await engine.compile(gradients(run), {
      x: { shape: shapes[from] },
      filter: { shape: shapes.filter },
      dy: { shape: shapes[to] },
    });
    const { y, byInput, byFilter } = await program.run({
      x: given[from],
      filter: given.filter,
      dy: given[to],
    });
    assertClose(`${what} ${name}`, [y!, right[to]], TOLERANCE);
    assertClose(`${what} ${name}, its gradient by the input`, [byInput!, right[from]], TOLERANCE);
    assertClose(`${what} ${name}, its gradient by the filter`, [byFilter!, right.byY], TOLERANCE);
    await program.dispose();
  };
  const forward = (x: tf.Tensor, filter: tf.Tensor): tf.Tensor =>
    tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, c.stride, asTf(c));
  const backward = (x: tf.Tensor, filter: tf.Tensor): tf.Tensor =>
    tf.conv2dTranspose(x as tf.Tensor4D, filter as tf.Tensor4D, [...c.images], c.stride, asTf(c));
  await compare('a convolution of', forward, 'x');
  await compare('a transposed convolution to', backward, 'y');
}

/** A GPU may multiply in TF32, which keeps 10 bits of a value. */
const TOLERANCE = 2e-2;

/** Rules about convolutions, which every architecture is made of. */
export const convolutionChecks: readonly Check<EngineSubject>[] = [
  {
    name: 'convolves and differentiates with padding and strides, forwards and transposed',
    run: (subject) =>
      useEngine(subject, async (engine) => {
        for (const convolution of CONVOLUTIONS) await checkConvolution(engine, convolution);
      }),
  },
];
