import { defined, MedganError } from '@medgan/files';
import { parseOptions, type Architecture, type GeneratorSizes, type Registry } from '@medgan/plugin-api';
import { openWeightsFile, pickStateDict, type TensorData } from '@medgan/weights';
import { requireFiniteTensors } from '../finite.ts';
import { findGenerator, generatorTensors, placeOf } from './find-generator.ts';
import { plainTensors } from './plain-weights.ts';

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
  /** Where in the file the generator was found, where the file holds more, such as `state dict "netG"`. */
  readonly place?: string;
}

/** Weights to be read, and what names their network where the file does not. */
export interface GeneratorWeightsRequest {
  readonly file: string;
  readonly architectures: Registry<Architecture>;
  /** Name of the architecture, for weights that do not say it. */
  readonly architecture?: string;
  /** Which state dict of a PyTorch checkpoint with several, or which module of one. */
  readonly key?: string;
  /** Which file of a zip archive with several. */
  readonly entry?: string;
  /** Take weights that are NaN or infinite too. */
  readonly allowNonFinite?: boolean;
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

function requireAgreement(file: string, said: GeneratorSizes, read: GeneratorSizes): void {
  const differing = SIZES.filter((key) => said[key] !== read[key]);
  if (differing.length === 0) return;
  const texts = differing.map((key) => `${key} ${String(said[key])} but its weights ${read[key]}`);
  throw new MedganError(`${file}: its metadata say ${texts.join(', ')}`, {
    cure: 'the file was changed by hand: take the checkpoint that the run wrote',
  });
}

/**
 * Reads a generator from safetensors or a torch.save file, with its sizes read off the weights. It is looked for in all
 * state dicts of the file, alone or as a module of a larger one. What the metadata of our checkpoints say must agree.
 * @throws MedganError when it is no generator of a known architecture, when there is more than one, or when a weight is
 *   not finite and that is not allowed; WeightsError when the file is not readable.
 */
export async function readGeneratorWeights(request: GeneratorWeightsRequest): Promise<GeneratorWeights> {
  const weights = await readWeights(request);
  if (request.allowNonFinite !== true) requireFiniteTensors(weights.source, weights.tensors);
  return weights;
}

async function readWeights(request: GeneratorWeightsRequest): Promise<GeneratorWeights> {
  const { file, architectures, architecture, key, entry } = request;
  const opened = await openWeightsFile(file, defined({ entry }));
  const { metadata } = opened;
  const said = declared(file, metadata);
  if (!said) {
    const asked = architecture === undefined ? architectures.list() : [architectures.get(architecture)];
    const found = findGenerator(opened, asked, key);
    const { plugin, sizes } = found;
    return {
      source: file,
      tensors: generatorTensors(found),
      architecture: plugin,
      architectureOptions: parseOptions<object>(plugin.name, plugin.options, {}),
      sizes,
      ...defined({ place: placeOf(found, opened) }),
    };
  }
  const plugin = architectures.get(said.name);
  if (architecture !== undefined && architectures.get(architecture) !== plugin) {
    throw new MedganError(`${file} was trained as ${plugin.name}, not ${architecture}`, {
      cure: 'leave the architecture out: the file names its own',
    });
  }
  if (plugin.generatorSizes) requireAgreement(file, said.sizes, findGenerator(opened, [plugin], key).sizes);
  const { dict, prefix } = pickStateDict(opened, key);
  return {
    source: file,
    tensors: plainTensors(dict.read(prefix)),
    architecture: plugin,
    architectureOptions: said.options,
    sizes: said.sizes,
    ...defined({ step: numberOf(metadata['step']), ema: numberOf(metadata['ema']) }),
  };
}

/** A number out of the metadata of a file. */
const numberOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);

/** @throws MedganError when someone expects images of another size than the weights make. */
export function requireImageSize({ source, sizes }: GeneratorWeights, expected: number | undefined): void {
  if (expected === undefined || expected === sizes.imageSize) return;
  throw new MedganError(`${source} makes images of ${sizes.imageSize} px, not ${expected}`, {
    cure: `leave image_size out or set it to ${sizes.imageSize}: the size is a property of the weights`,
  });
}
