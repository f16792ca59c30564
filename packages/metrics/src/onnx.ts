import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FOREIGN_HEAD_BYTES, MedganError, foreignFile, messageOf } from '@medgan/files';
import { defineFeatures, type MetricImages } from '@medgan/plugin-api';
import type * as Ort from 'onnxruntime-node';
import { halfValue } from './functional/half.ts';
import { inputData, networkInput, type NetworkInput } from './functional/network-input.ts';
import { resize, resizeFilters, type ResizeFilter } from './functional/resize.ts';

/** Options of the features `onnx`: which network, and the input it expects where the network does not say it. */
export interface OnnxFeaturesOptions {
  /** Path of the network. Weights in files beside it are found. */
  readonly file: string;
  /** Pixels per side of the network's input. Default: what its input says, else 299. */
  readonly size?: number;
  readonly height?: number;
  readonly width?: number;
  /** Default bilinear. */
  readonly filter?: ResizeFilter;
  /** The network gets (value − mean) / std, for images in [0, 1]; one number or one per channel. Default ImageNet's. */
  readonly mean?: number | readonly number[];
  readonly std?: number | readonly number[];
  /** Default: what the network's input says, else nchw. */
  readonly layout?: 'nchw' | 'nhwc';
  /** Output to read; the network's first one when left out. Spatial outputs are averaged over positions. */
  readonly output?: string;
}

const imageNetMean = [0.485, 0.456, 0.406];
const imageNetStd = [0.229, 0.224, 0.225];

const perChannel = (value: number | readonly number[]): readonly number[] =>
  typeof value === 'number' ? [value, value, value] : value;

/** The library that runs networks, loaded only when it is asked for. */
async function loadRuntime(): Promise<typeof Ort> {
  try {
    return await import('onnxruntime-node');
  } catch (error) {
    throw new MedganError(`onnx features: ${messageOf(error)}`, {
      cure: 'install onnxruntime-node',
      cause: error,
    });
  }
}

async function readNetwork(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new MedganError(`onnx features: ${messageOf(error)}`, {
      cure: 'name a readable .onnx file',
      cause: error,
    });
  }
}

/** Names of the files in which a model keeps its weights (`external_data`, key `location`), in their order. */
function externalFiles(model: Uint8Array): string[] {
  // A StringStringEntryProto: field 1 is the key, field 2 the value, each a length and so many bytes.
  const key = Buffer.from('\x0a\x08location\x12', 'latin1');
  const bytes = Buffer.from(model.buffer, model.byteOffset, model.byteLength);
  const names = new Set<string>();
  for (let at = bytes.indexOf(key); at >= 0; at = bytes.indexOf(key, at + 1)) {
    const length = bytes[at + key.length] ?? 0;
    const start = at + key.length + 1;
    if (length < 0x80) names.add(bytes.subarray(start, start + length).toString());
  }
  return [...names];
}

/** sha256 of a model and of the files that its weights are in. */
async function fingerprint(file: string, model: Uint8Array): Promise<string> {
  const hash = createHash('sha256').update(model);
  for (const name of externalFiles(model)) hash.update(await readFile(join(dirname(file), name)));
  return hash.digest('hex');
}

/** The error for a file that ONNX Runtime does not open, with what it is where that can be seen. */
function notOpened(name: string, model: Uint8Array, error: unknown): MedganError {
  const head = model.subarray(0, FOREIGN_HEAD_BYTES);
  const foreign = foreignFile(head, name);
  if (foreign) return new MedganError(`${name} ${foreign.what}`, { cure: foreign.cure, cause: error });
  const isZip = head[0] === 0x50 && head[1] === 0x4b;
  const external = externalFiles(model);
  const text = messageOf(error);
  const cure = isZip
    ? 'it is a zip archive, such as weights of PyTorch: export the network in Python with torch.onnx.export'
    : external.length > 0 && /external/i.test(text)
      ? `put ${external.join(', ')} beside it: its weights are there`
      : 'copy or download it again; if it is whole, export it again with an opset that onnxruntime-node knows';
  return new MedganError(`${name} is no network that ONNX Runtime can run: ${text}`, { cure, cause: error });
}

/** [count, dims] of an output [count, dims] or one with positions, behind the channels (nchw) or before them (nhwc). */
function featuresOf(output: Ort.Tensor, layout: 'nchw' | 'nhwc'): { dims: number; values: Float64Array } {
  const [count = 0, ...rest] = output.dims;
  const data = output.data as ArrayLike<number>;
  // Where JavaScript has Float16Array, the library gives numbers; otherwise the bits of them.
  const isBits = output.type === 'float16' && data instanceof Uint16Array;
  const values = isBits ? Float64Array.from(data, halfValue) : Float64Array.from(data, Number);
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

/** `count` images of a batch from `start` on. */
function part(
  { height, width, channels, values, count: all }: MetricImages,
  start: number,
  count: number,
): MetricImages {
  const each = height * width * channels;
  const many = Math.min(count, all - start);
  return {
    height,
    width,
    channels,
    count: many,
    values: values.subarray(start * each, (start + many) * each),
  };
}

const channelNumbers = (minimum: object): object => ({
  anyOf: [
    { type: 'number', ...minimum },
    { type: 'array', items: { type: 'number', ...minimum }, minItems: 3, maxItems: 3 },
  ],
});

const side = { type: 'integer', minimum: 1 } as const;

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
      size: side,
      height: side,
      width: side,
      filter: { enum: [...resizeFilters], default: 'bilinear' },
      mean: { ...channelNumbers({}), default: imageNetMean },
      std: { ...channelNumbers({ exclusiveMinimum: 0 }), default: imageNetStd },
      layout: { enum: ['nchw', 'nhwc'] },
      output: { type: 'string', minLength: 1 },
    },
  },
  argument: 'file',
  async open(options) {
    const { file, filter = 'bilinear', size } = options;
    const mean = perChannel(options.mean ?? imageNetMean);
    const std = perChannel(options.std ?? imageNetStd);
    const name = `onnx:${basename(file)}`;
    const model = await readNetwork(file);
    const ort = await loadRuntime();
    let session: Ort.InferenceSession;
    try {
      // By its path, so that weights in files beside it are found.
      session = await ort.InferenceSession.create(file);
    } catch (error) {
      throw notOpened(name, model, error);
    }
    const asked = { height: options.height ?? size, width: options.width ?? size, layout: options.layout };
    const input = networkInput(session.inputMetadata[0], asked);
    if (typeof input === 'string') {
      throw new MedganError(`${name} takes no images: ${input}`, {
        cure: 'leave size, height, width and layout out, or export a network whose first input is a batch of RGB images',
      });
    }
    const output = options.output ?? session.outputNames[0]!;
    if (!session.outputNames.includes(output)) {
      throw new MedganError(`${name} has no output ${JSON.stringify(output)}`, {
        cure: `name one of ${session.outputNames.join(', ')}`,
      });
    }
    const run = runner({ ort, session, input, output, name, normalisation: { mean, std } });
    const { height, width, layout, type } = input;
    const extract = async (images: MetricImages): Promise<{ dims: number; values: Float64Array }> => {
      const sized = resize(images, { height, width, filter });
      const step = input.batch ?? images.count;
      const parts: Float64Array[] = [];
      let dims = 0;
      for (let start = 0; start < images.count; start += step) {
        const batch = part(sized, start, step);
        const features = await run(batch);
        ({ dims } = features);
        parts.push(features.values.subarray(0, batch.count * dims));
      }
      const values = new Float64Array(images.count * dims);
      parts.forEach((each, i) => values.set(each, i * step * dims));
      return { dims, values };
    };
    // One grey image shows how many features the network gives.
    const grey = new Float32Array(height * width * 3).fill(0.5);
    const { dims } = await extract({ count: 1, height, width, channels: 3, values: grey });
    const sha256 = await fingerprint(file, model);
    return {
      name,
      dims,
      record: {
        extractor: name,
        sha256,
        height,
        width,
        resize: filter,
        ...(type === 'uint8' ? {} : { mean, std }),
        layout,
        ...(type === 'float32' ? {} : { type }),
        output,
      },
      extract: async (images) => (await extract(images)).values,
      close: () => session.release(),
    };
  },
});

interface OpenedNetwork {
  readonly ort: typeof Ort;
  readonly session: Ort.InferenceSession;
  readonly input: NetworkInput;
  readonly output: string;
  readonly name: string;
  readonly normalisation: { readonly mean: readonly number[]; readonly std: readonly number[] };
}

/** One call of a network, on images of its size and at most as many as a batch has. */
function runner({ ort, session, input, output, name, normalisation }: OpenedNetwork) {
  const { height, width, layout, type, batch } = input;
  return async (images: MetricImages): Promise<{ dims: number; values: Float64Array }> => {
    const count = batch ?? images.count;
    const dims = layout === 'nchw' ? [count, 3, height, width] : [count, height, width, 3];
    const tensor = new ort.Tensor(type, inputData(images, input, normalisation), dims);
    try {
      return featuresOf((await session.run({ [input.name]: tensor }, [output]))[output]!, layout);
    } catch (error) {
      throw new MedganError(
        `${name} does not take ${type} images [${dims.join(', ')}]: ${messageOf(error)}`,
        {
          cure: `write what it was exported for: onnx:${basename(name)},size=224,layout=nhwc`,
          cause: error,
        },
      );
    }
  };
}
