import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { MedganError, messageOf } from '@medgan/files';
import { defineFeatures, type MetricImages } from '@medgan/plugin-api';
import type * as Ort from 'onnxruntime-node';
import { resize, resizeFilters, type ResizeFilter } from './functional/resize.ts';

/** Options of the features `onnx`: which network, and the input it expects. */
export interface OnnxFeaturesOptions {
  /** Path of the network. */
  readonly file: string;
  /** Pixels of the network's input. Default 299 × 299. */
  readonly height?: number;
  readonly width?: number;
  /** Default bilinear. */
  readonly filter?: ResizeFilter;
  /** The network gets (value − mean) / std, for images in [0, 1]. Default ImageNet's. */
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
  /** Default nchw. */
  readonly layout?: 'nchw' | 'nhwc';
  /** Output to read; the network's first one when left out. Spatial outputs are averaged over positions. */
  readonly output?: string;
}

const imageNetMean = [0.485, 0.456, 0.406];
const imageNetStd = [0.229, 0.224, 0.225];

/** The file's bytes, and the library that runs them, which is loaded only when it is asked for. */
async function load(file: string): Promise<{ bytes: Uint8Array; ort: typeof Ort }> {
  try {
    return { bytes: await readFile(file), ort: await import('onnxruntime-node') };
  } catch (error) {
    throw new MedganError(`onnx features: ${messageOf(error)}`, {
      cure: 'name a readable .onnx file, and install onnxruntime-node',
      cause: error,
    });
  }
}

/** Normalised RGB in the layout of the network. */
function inputOf(images: MetricImages, options: OnnxFeaturesOptions): Float32Array {
  const { height, width, channels, count, values } = images;
  const { mean = imageNetMean, std = imageNetStd, layout = 'nchw' } = options;
  const area = height * width;
  const out = new Float32Array(count * area * 3);
  for (let image = 0; image < count; image++) {
    for (let pixel = 0; pixel < area; pixel++) {
      const from = (image * area + pixel) * channels;
      for (let channel = 0; channel < 3; channel++) {
        const value = values[channels === 3 ? from + channel : from]!;
        const to =
          layout === 'nchw' ? (image * 3 + channel) * area + pixel : (image * area + pixel) * 3 + channel;
        out[to] = (value - mean[channel]!) / std[channel]!;
      }
    }
  }
  return out;
}

/** [count, dims] of an output [count, dims] or one with positions, behind the channels (nchw) or before them (nhwc). */
function featuresOf(output: Ort.Tensor, layout: 'nchw' | 'nhwc'): { dims: number; values: Float64Array } {
  const [count = 0, ...rest] = output.dims;
  const values = Float64Array.from(output.data as Iterable<number>);
  if (rest.length <= 1) return { dims: rest[0] ?? 1, values };
  const dims = layout === 'nchw' ? rest[0]! : rest.at(-1)!;
  const positions = values.length / count / dims;
  const out = new Float64Array(count * dims);
  for (let i = 0; i < values.length; i++) {
    const image = Math.floor(i / (dims * positions));
    const channel = layout === 'nchw' ? Math.floor(i / positions) % dims : i % dims;
    out[image * dims + channel]! += values[i]! / positions;
  }
  return { dims, values: out };
}

/** The plugin `onnx`: features by a network of the user's own; outputs of rank 4 are averaged over their positions. */
export default defineFeatures<OnnxFeaturesOptions>({
  name: 'onnx',
  summary: 'Features of any network in an ONNX file, such as an Inception or RadImageNet export: onnx:<file>',
  reference: 'the network’s own; for Inception features Heusel et al. 2017, https://arxiv.org/abs/1706.08500',
  options: {
    type: 'object',
    additionalProperties: false,
    required: ['file'],
    properties: {
      file: { type: 'string', minLength: 1 },
      height: { type: 'integer', minimum: 1, default: 299 },
      width: { type: 'integer', minimum: 1, default: 299 },
      filter: { enum: [...resizeFilters], default: 'bilinear' },
      mean: { type: 'array', items: { type: 'number' }, minItems: 3, maxItems: 3, default: imageNetMean },
      std: {
        type: 'array',
        items: { type: 'number', exclusiveMinimum: 0 },
        minItems: 3,
        maxItems: 3,
        default: imageNetStd,
      },
      layout: { enum: ['nchw', 'nhwc'], default: 'nchw' },
      output: { type: 'string', minLength: 1 },
    },
  },
  argument: 'file',
  async open(options) {
    const { file, height = 299, width = 299, filter = 'bilinear', layout = 'nchw' } = options;
    const { mean = imageNetMean, std = imageNetStd } = options;
    const { bytes, ort } = await load(file);
    const name = `onnx:${basename(file)}`;
    let session: Ort.InferenceSession;
    try {
      session = await ort.InferenceSession.create(bytes);
    } catch (error) {
      throw new MedganError(`${name} is no network that ONNX Runtime can run: ${messageOf(error)}`, {
        cure: 'export it again, with an opset that onnxruntime-node knows',
        cause: error,
      });
    }
    const input = session.inputNames[0]!;
    const output = options.output ?? session.outputNames[0]!;
    if (!session.outputNames.includes(output)) {
      throw new MedganError(`${name} has no output ${JSON.stringify(output)}`, {
        cure: `name one of ${session.outputNames.join(', ')}`,
      });
    }
    const run = async (images: MetricImages): Promise<{ dims: number; values: Float64Array }> => {
      const sized = resize(images, { height, width, filter });
      const dims = layout === 'nchw' ? [images.count, 3, height, width] : [images.count, height, width, 3];
      const tensor = new ort.Tensor('float32', inputOf(sized, options), dims);
      try {
        return featuresOf((await session.run({ [input]: tensor }, [output]))[output]!, layout);
      } catch (error) {
        throw new MedganError(
          `${name} does not take float32 images [${dims.join(', ')}]: ${messageOf(error)}`,
          {
            cure: 'set height, width and layout to what the network was exported for',
            cause: error,
          },
        );
      }
    };
    // One grey image tells how many features the network gives.
    const grey = new Float32Array(height * width * 3).fill(0.5);
    const { dims } = await run({ count: 1, height, width, channels: 3, values: grey });
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return {
      name,
      dims,
      record: { extractor: name, sha256, height, width, resize: filter, mean, std, layout, output },
      extract: async (images) => (await run(images)).values,
      close: () => session.release(),
    };
  },
});
