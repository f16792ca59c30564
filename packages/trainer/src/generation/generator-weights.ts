import {
  MedganError,
  parseOptions,
  type Architecture,
  type GeneratorSizes,
  type Registry,
} from '@medgan/plugin-api';
import type { TensorData } from '@medgan/weights';
import { readPlainWeights } from './plain-weights.ts';

/** A trained generator, not yet in an engine. */
export interface GeneratorWeights {
  /** The file, for messages. */
  readonly source: string;
  readonly tensors: ReadonlyMap<string, TensorData>;
  readonly architecture: Architecture;
  readonly architectureOptions: object;
  readonly sizes: GeneratorSizes;
  /** Step of the checkpoint, where the file says it. */
  readonly step?: number;
  /** Decay of the average these weights are, where they are one. */
  readonly ema?: number;
}

/** Weights to be read, and what tells their network where the file does not. */
export interface GeneratorWeightsRequest {
  readonly file: string;
  readonly architectures: Registry<Architecture>;
  /** Name of the architecture, for weights that do not say it. */
  readonly architecture?: string;
  /** Which state dict of a PyTorch checkpoint with several. */
  readonly key?: string;
}

const SIZES = ['imageSize', 'channels', 'latentSize', 'generatorFeatures'] as const;

/** What the file says of itself, or undefined for a file that is not ours. */
function declared(
  file: string,
  metadata: Readonly<Record<string, string>>,
): { name: string; options: object; sizes: GeneratorSizes } | undefined {
  const { architecture: name, architecture_options: options, sizes } = metadata;
  if (name === undefined || options === undefined || sizes === undefined) return undefined;
  try {
    return { name, options: JSON.parse(options) as object, sizes: JSON.parse(sizes) as GeneratorSizes };
  } catch (cause) {
    throw new MedganError(`${file}: its metadata are damaged`, {
      cure: 'use another checkpoint of the run',
      cause,
    });
  }
}

/** The architecture that recognises the weights, with what it read off them. */
function recognise(
  { file, architectures, architecture }: GeneratorWeightsRequest,
  shapes: ReadonlyMap<string, readonly number[]>,
): { plugin: Architecture; sizes: GeneratorSizes } {
  const asked = architecture === undefined ? architectures.list() : [architectures.get(architecture)];
  for (const plugin of asked) {
    const sizes = plugin.generatorSizes?.(shapes);
    if (sizes) return { plugin, sizes };
  }
  const first = [...shapes].slice(0, 3).map(([name, shape]) => `${name} [${shape.join(', ')}]`);
  throw new MedganError(
    `${file} holds no generator of ${asked.map(({ name }) => name).join(' or ')}; it begins with ${first.join(', ')}`,
    { cure: 'give the weights of a generator, not of a discriminator or an optimiser' },
  );
}

function requireAgreement(file: string, said: GeneratorSizes, read: GeneratorSizes): void {
  const differing = SIZES.filter((key) => said[key] !== read[key]);
  if (differing.length === 0) return;
  const told = differing.map((key) => `${key} ${String(said[key])} but its weights ${read[key]}`);
  throw new MedganError(`${file}: its metadata say ${told.join(', ')}`, {
    cure: 'the file was changed by hand: take the checkpoint that the run wrote',
  });
}

/**
 * Reads a generator from safetensors or a torch.save file, with its sizes read off the weights. What the metadata of
 * our checkpoints say must agree.
 * @throws MedganError when it is no generator of a known architecture; WeightsError when the file is not readable.
 */
export async function readGeneratorWeights(request: GeneratorWeightsRequest): Promise<GeneratorWeights> {
  const { file, architectures, architecture, key } = request;
  const { tensors, metadata } = await readPlainWeights(file, key === undefined ? {} : { key });
  const shapes = new Map([...tensors].map(([name, { shape }]) => [name, shape]));
  const said = declared(file, metadata);
  if (!said) {
    const { plugin, sizes } = recognise(request, shapes);
    const architectureOptions = parseOptions<object>(plugin.name, plugin.options, {});
    return { source: file, tensors, architecture: plugin, architectureOptions, sizes };
  }
  const plugin = architectures.get(said.name);
  if (architecture !== undefined && architectures.get(architecture) !== plugin) {
    throw new MedganError(`${file} was trained as ${plugin.name}, not ${architecture}`, {
      cure: 'leave the architecture out: the file names its own',
    });
  }
  if (plugin.generatorSizes) {
    requireAgreement(file, said.sizes, recognise({ ...request, architecture: plugin.name }, shapes).sizes);
  }
  return {
    source: file,
    tensors,
    architecture: plugin,
    architectureOptions: said.options,
    sizes: said.sizes,
    ...(metadata['step'] === undefined ? {} : { step: Number(metadata['step']) }),
    ...(metadata['ema'] === undefined ? {} : { ema: Number(metadata['ema']) }),
  };
}

/** @throws MedganError when someone expects images of another size than the weights make. */
export function requireImageSize({ source, sizes }: GeneratorWeights, expected: number | undefined): void {
  if (expected === undefined || expected === sizes.imageSize) return;
  throw new MedganError(`${source} makes images of ${sizes.imageSize} px, not ${expected}`, {
    cure: `leave image_size out or set it to ${sizes.imageSize}: the size is a property of the weights`,
  });
}
