import type { MetricImages } from '@medgan/plugin-api';
import type * as Ort from 'onnxruntime-node';
import { halfBits } from './half.ts';

/** What a network takes: a batch of RGB images. */
export interface NetworkInput {
  readonly name: string;
  readonly layout: 'nchw' | 'nhwc';
  readonly height: number;
  readonly width: number;
  readonly type: 'float32' | 'float16' | 'uint8';
  /** Images per call where the network fixes it; undefined where any number will do. */
  readonly batch: number | undefined;
}

/** What the options say of the input; the network itself says the rest. */
export interface AskedInput {
  readonly height?: number | undefined;
  readonly width?: number | undefined;
  readonly layout?: 'nchw' | 'nhwc' | undefined;
}

/** Pixels per side where neither the network nor the options say it: Inception's. */
const USUAL_SIDE = 299;

type Length = number | string | undefined;

const fixed = (length: Length): number | undefined =>
  typeof length === 'number' && length > 0 ? length : undefined;

/**
 * Reads what a network takes off its first input.
 * @returns the input, or the reason why it takes no images
 */
export function networkInput(
  metadata: Ort.InferenceSession.ValueMetadata | undefined,
  asked: AskedInput,
): NetworkInput | string {
  if (!metadata?.isTensor) return 'its first input is not a tensor';
  const { name, type, shape } = metadata;
  if (type !== 'float32' && type !== 'float16' && type !== 'uint8') {
    return `its input ${name} takes ${type}, not float32, float16 or uint8`;
  }
  if (shape.length !== 4 && shape.length !== 0) {
    return `its input ${name} has shape [${shape.join(', ')}], not four axes: images, channels, height, width`;
  }
  const [batch, second, , last] = shape as readonly Length[];
  const read = second === 3 ? 'nchw' : last === 3 ? 'nhwc' : undefined;
  const layout = asked.layout ?? read ?? 'nchw';
  const [channels, height, width] = (layout === 'nchw' ? [1, 2, 3] : [3, 1, 2]).map((axis) => shape[axis]);
  if (fixed(channels) !== undefined && channels !== 3) {
    return `its input ${name} has shape [${shape.join(', ')}], which is not RGB in layout ${layout}`;
  }
  for (const [side, is, wanted] of [
    ['height', height, asked.height],
    ['width', width, asked.width],
  ] as const) {
    if (wanted !== undefined && fixed(is) !== undefined && is !== wanted)
      return `its input has ${side} ${is}, not ${wanted}`;
  }
  return {
    name,
    type,
    layout,
    height: asked.height ?? fixed(height) ?? USUAL_SIDE,
    width: asked.width ?? fixed(width) ?? USUAL_SIDE,
    batch: fixed(batch),
  };
}

/**
 * Images [count, height, width, 1 or 3] in [0, 1] as the network's input: RGB, (value − mean) / std, in its layout and
 * type. Bytes are 0 to 255 without a normalisation. A batch of fixed size is filled with copies of the last image.
 */
export function inputData(
  images: MetricImages,
  { layout, type, batch }: NetworkInput,
  { mean, std }: { readonly mean: readonly number[]; readonly std: readonly number[] },
): Float32Array | Uint16Array | Uint8Array {
  const { height, width, channels, count, values } = images;
  const area = height * width;
  const all = batch ?? count;
  const size = all * area * 3;
  const out =
    type === 'float32'
      ? new Float32Array(size)
      : type === 'float16'
        ? new Uint16Array(size)
        : new Uint8Array(size);
  for (let image = 0; image < all; image++) {
    const source = Math.min(image, count - 1);
    for (let pixel = 0; pixel < area; pixel++) {
      const from = (source * area + pixel) * channels;
      for (let channel = 0; channel < 3; channel++) {
        const value = values[channels === 3 ? from + channel : from]!;
        const to =
          layout === 'nchw' ? (image * 3 + channel) * area + pixel : (image * area + pixel) * 3 + channel;
        const normalised = (value - mean[channel]!) / std[channel]!;
        out[to] =
          type === 'float32'
            ? normalised
            : type === 'float16'
              ? halfBits(normalised)
              : Math.round(value * 255);
      }
    }
  }
  return out;
}
