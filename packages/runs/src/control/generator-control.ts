import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { load } from 'js-yaml';
import { ENGINE_NAMES, enginesToTry, type EngineName } from '@medgan/engine';
import { defined, expandHome } from '@medgan/files';
import { parseOptions, type OptionsSchema } from '@medgan/plugin-api';
import { checkYaml, parseOverrides } from '@medgan/experiment-registry';
import type { WhichWeights } from '@medgan/trainer';
import type { Generation } from './generation.ts';
import { withOverrides } from './read-control.ts';

/** A control file with `arch: Generator`: the original's keys first, then ours. */
interface GeneratorControl {
  readonly path: string;
  readonly out: string;
  readonly run: string;
  readonly n_gpu: number;
  readonly quantity: number;
  readonly image_size?: number;
  readonly seed: number;
  readonly grid: boolean;
  readonly interpolate?: number;
  readonly truncation?: number;
  readonly batch_statistics: boolean;
  readonly key?: string;
  readonly entry?: string;
  readonly allow_nan: boolean;
  readonly weights?: WhichWeights;
  readonly engine?: EngineName;
  readonly threads?: number;
}

const positiveInteger = { type: 'integer', minimum: 1 } as const;

/** The word with which the original asks for images instead of training. */
const GENERATOR = ['Generator', 'generator'];

/** JSON Schema of a control file with `arch: Generator`. */
const GENERATOR_CONTROL_SCHEMA: OptionsSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['arch', 'path'],
  properties: {
    arch: { enum: GENERATOR },
    path: {
      type: 'string',
      minLength: 1,
      description: 'weights of a generator: .pth, .pt, .zip or .safetensors, a checkpoint or a run',
    },
    out: { type: 'string', default: 'runs', description: 'images lie in <out>/<run>/' },
    run: { type: 'string', minLength: 1, default: 'generated' },
    n_gpu: {
      type: 'integer',
      minimum: 0,
      default: 0,
      description: '0: CPU; 1 or more: a GPU if one can be used',
    },
    quantity: { ...positiveInteger, default: 64, description: 'images (the original counted batches of 64)' },
    image_size: { ...positiveInteger, description: 'must be what the weights make; default: read off them' },
    seed: { type: 'integer', minimum: 0, default: 0 },
    grid: { type: 'boolean', default: false, description: 'all images on one sheet too' },
    interpolate: { type: 'integer', minimum: 2, description: 'steps from one latent to the next' },
    truncation: { type: 'number', exclusiveMinimum: 0, description: 'draw numbers beyond ± this again' },
    batch_statistics: { type: 'boolean', default: false, description: 'batch norm as the original has it' },
    weights: {
      enum: ['raw', 'ema'],
      description:
        'of a run with ema:, the weights as trained or their average; default: ema where there is one',
    },
    key: {
      type: 'string',
      description: 'which state dict of a PyTorch checkpoint with several, or which module of one',
    },
    entry: { type: 'string', description: 'which file of a .zip with several' },
    allow_nan: {
      type: 'boolean',
      default: false,
      description: 'go on where weights or images are NaN or infinite',
    },
    engine: {
      enum: [...ENGINE_NAMES],
      description: 'default: native where it is built, else onnx; or what n_gpu asks for',
    },
    threads: { ...positiveInteger, description: "default: the machine's cores" },
  },
};

/** True for what a control file says when it asks for images of a trained generator. */
const asksForImages = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'arch' in value && GENERATOR.includes(value.arch as string);

/** The value of a YAML text, or undefined when it has none: its faults are reported where it is checked. */
function loadLeniently(text: string): unknown {
  try {
    return load(text);
  } catch {
    return undefined;
  }
}

/** A path as it is found from the first of `folders` that has it; as written where none has, `~` replaced. */
function existingPath(written: string, folders: readonly string[]): string {
  const path = expandHome(written);
  const found = folders.map((folder) => resolve(folder, path)).find((place) => existsSync(place));
  return found === undefined || found === resolve(path) ? path : relative('.', found);
}

/**
 * The images that a control file asks for, or undefined when it is one for training.
 * @throws MedganError for every fault of a control file that does ask for images.
 */
export function readGeneratorControl(
  { file, text, force }: { readonly file: string; readonly text: string; readonly force: boolean },
  set: readonly string[],
): Generation | undefined {
  const raw = loadLeniently(text);
  if (typeof raw !== 'object' || raw === null || !asksForImages(withOverrides(raw, set))) return undefined;
  const control =
    set.length === 0
      ? checkYaml<GeneratorControl>({ file, text, schema: GENERATOR_CONTROL_SCHEMA }).value
      : parseOptions<GeneratorControl>(
          `${file} with --set ${set.join(' ')}`,
          GENERATOR_CONTROL_SCHEMA,
          withOverrides(raw, set),
        );
  const given = 'path' in parseOverrides(set);
  const path = existingPath(control.path, given ? ['.', dirname(file)] : [dirname(file), '.']);
  const { interpolate, truncation, key, entry, weights, threads, image_size: imageSize } = control;
  const wantsGpu = control.engine === undefined && control.n_gpu >= 1;
  return {
    checkpoint: path,
    out: join(expandHome(control.out), control.run),
    count: control.quantity,
    seed: control.seed,
    grid: control.grid,
    batchStatistics: control.batch_statistics,
    ...defined({ interpolate, truncation, imageSize, key, entry }),
    allowNan: control.allow_nan,
    ...defined({ weights, threads }),
    engines: enginesToTry(control.engine, wantsGpu),
    wantsGpu,
    force,
  };
}
