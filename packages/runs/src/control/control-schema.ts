import { ENGINE_NAMES, PRECISIONS, type EngineName, type Precision } from '@medgan/engine';
import type { OptionsSchema } from '@medgan/plugin-api';
import { ADAM_DEFAULTS, DIFF_AUGMENTATIONS, type DiffAugmentation } from '@medgan/trainer';
import { AUGMENT_SCHEMA, type AugmentEntry } from './resolve-augment.ts';

const positiveInteger = { type: 'integer', minimum: 1 } as const;
const label = { type: 'number', minimum: 0, maximum: 1 } as const;

/** A control file, as written: the original's keys first, then ours. Defaults that depend on other keys are absent. */
export interface ControlFile {
  readonly arch: string;
  readonly path?: string;
  readonly out: string;
  readonly run: string;
  readonly seed: number;
  readonly n_gpu: number;
  readonly num_epochs: number;
  readonly learning_rate?: number;
  readonly beta_adam?: number;
  readonly beta2_adam?: number;
  readonly ema?: number;
  readonly batch_size: number;
  readonly latent_vector: number;
  readonly image_size: number;
  readonly loader_workers: number;
  readonly number_channels: 1 | 3;
  readonly gen_feature_maps: number;
  readonly dis_feature_maps: number;
  readonly arch_options: object;
  readonly dataset?: string;
  readonly dataset_options: object;
  readonly classes?: readonly string[];
  readonly split?: string;
  /** Shares by part, or the path of a table that `medgan data split` wrote. */
  readonly splits?: Readonly<Record<string, number>> | string;
  readonly split_seed?: number;
  readonly subset?: number;
  readonly subset_order: 'first' | 'seeded';
  readonly cache?: string;
  readonly augment?: readonly AugmentEntry[];
  readonly engine?: EngineName;
  readonly precision?: Precision;
  readonly threads?: number;
  readonly objective?: string;
  readonly objective_options: object;
  readonly discriminator_steps?: number;
  readonly r1?: number;
  readonly diff_augment?: readonly DiffAugmentation[];
  readonly labels?: { readonly real?: number; readonly fake?: number; readonly generator?: number };
  readonly max_steps?: number;
  readonly log_every: number;
  readonly sample_every: number;
  readonly sample_count?: number;
  readonly checkpoint_every: number;
  readonly keep_checkpoints: number;
  readonly evaluate_every?: number;
  readonly best_metric?: string;
  readonly plugins?: readonly string[];
  readonly mlflow?: MlflowKeys;
}

/** What of a run is sent to MLflow beside its settings, figures and pictures. */
export interface MlflowKeys {
  readonly model?: boolean;
  readonly register?: string;
  readonly system_metrics?: boolean;
}

/** JSON Schema of a control file. */
export const CONTROL_SCHEMA: OptionsSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['arch'],
  properties: {
    arch: { type: 'string', description: 'architecture: dcgan, sngan (or DCGAN, SNGAN)' },
    path: { type: 'string', minLength: 1, description: 'image folder, with one folder per class' },
    out: {
      type: 'string',
      default: 'runs',
      description: 'folder of all runs; a run lies under <out>/<run>/',
    },
    run: { type: 'string', minLength: 1, default: 'run', description: 'name of the run' },
    seed: { type: 'integer', minimum: 0, default: 0, description: 'one seed, same bytes' },
    n_gpu: {
      type: 'integer',
      minimum: 0,
      default: 0,
      description: '0: CPU; 1 or more: a GPU if one can be used',
    },
    num_epochs: { ...positiveInteger, default: 200 },
    learning_rate: {
      type: 'number',
      exclusiveMinimum: 0,
      description:
        `below 1: of both networks; from 1 on: the ratio discriminator / generator, at ${ADAM_DEFAULTS.learningRate}; ` +
        `default: the architecture's (${ADAM_DEFAULTS.learningRate})`,
    },
    beta_adam: {
      type: 'number',
      minimum: 0,
      exclusiveMaximum: 1,
      description: `Adam's beta1, default: the architecture's (${ADAM_DEFAULTS.beta1})`,
    },
    beta2_adam: {
      type: 'number',
      exclusiveMinimum: 0,
      exclusiveMaximum: 1,
      description: `Adam's beta2, default: the architecture's (${ADAM_DEFAULTS.beta2})`,
    },
    ema: {
      type: 'number',
      exclusiveMinimum: 0,
      exclusiveMaximum: 1,
      description:
        "decay of an average of the generator's weights, which then draws all images; default: none",
    },
    batch_size: { ...positiveInteger, default: 16 },
    latent_vector: { ...positiveInteger, default: 100, description: 'length of a latent vector' },
    image_size: { ...positiveInteger, default: 64, description: 'pixels per side: 64, 128 or 256' },
    loader_workers: { type: 'integer', minimum: 0, default: 2, description: 'images decoded at a time' },
    number_channels: { enum: [1, 3], default: 3 },
    gen_feature_maps: { ...positiveInteger, default: 64 },
    dis_feature_maps: { ...positiveInteger, default: 64 },
    arch_options: { type: 'object', default: {}, description: 'options of the architecture' },
    dataset: {
      type: 'string',
      description: 'default: image-folder where path is given, else synthetic-lesions',
    },
    dataset_options: { type: 'object', default: {}, description: 'options of the dataset' },
    classes: {
      type: 'array',
      items: { type: 'string' },
      minItems: 1,
      description: 'train on these classes only',
    },
    split: { type: 'string', minLength: 1, description: 'train on this part of the images only: train' },
    splits: {
      type: ['object', 'string'],
      minProperties: 2,
      minLength: 1,
      additionalProperties: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
      description:
        'share of every part, default {train: 0.8, val: 0.1, test: 0.1}; or a table of medgan data split',
    },
    split_seed: { type: 'integer', minimum: 0, description: 'draws the parts, default 0: whatever the seed' },
    subset: { ...positiveInteger, description: 'train on this many images only' },
    subset_order: { enum: ['first', 'seeded'], default: 'first' },
    cache: {
      type: 'string',
      description: 'folder of decoded images, default MEDGAN_CACHE or ~/.cache/medgan; "" keeps none',
    },
    augment: AUGMENT_SCHEMA,
    engine: {
      enum: [...ENGINE_NAMES],
      description: 'default: native where it is built, else onnx; or what n_gpu asks for',
    },
    precision: {
      enum: [...PRECISIONS],
      description:
        'how the engine native computes convolutions, default `default`; other engines do not have it',
    },
    threads: { ...positiveInteger, description: "default: the machine's cores" },
    objective: { type: 'string', description: "default: the architecture's" },
    objective_options: { type: 'object', default: {}, description: 'options of the objective' },
    discriminator_steps: {
      ...positiveInteger,
      description:
        "updates of the discriminator for one of the generator, each on a batch of its own; default: the architecture's (1)",
    },
    r1: {
      type: 'number',
      minimum: 0,
      description: "gamma of the R1 penalty on the discriminator's slope at real images, default 0: none",
    },
    diff_augment: {
      type: 'array',
      items: { enum: [...DIFF_AUGMENTATIONS] },
      uniqueItems: true,
      description:
        'changes, in order, of all images that the discriminator sees: [color, translation, cutout]; default: none',
    },
    labels: {
      type: 'object',
      additionalProperties: false,
      properties: { real: label, fake: label, generator: label },
      description: 'targets; default real 1, fake 0, generator = real. One-sided smoothing: {real: 0.9}',
    },
    max_steps: { ...positiveInteger, description: 'stop after this many steps' },
    log_every: { ...positiveInteger, default: 50, description: 'steps between two printed lines' },
    sample_every: { ...positiveInteger, default: 500, description: 'steps between two sample grids' },
    sample_count: {
      ...positiveInteger,
      description: 'fixed-noise images; default: image_size, as the original',
    },
    checkpoint_every: { ...positiveInteger, default: 500, description: 'steps between two checkpoints' },
    keep_checkpoints: { ...positiveInteger, default: 2, description: 'newest checkpoints kept' },
    evaluate_every: {
      ...positiveInteger,
      description: 'steps between two evaluations of the fixed-noise images; default: never',
    },
    best_metric: {
      type: 'string',
      description:
        'figure that chooses the best checkpoint, default kid@random-conv; haarpsi for a metric of pairs',
    },
    plugins: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      uniqueItems: true,
      description:
        'plugins beside the built-in ones: files (./my-gan.mjs, from this file on) or installed packages',
    },
    mlflow: {
      type: 'object',
      additionalProperties: false,
      description: 'what is sent to MLflow on request, where the run is tracked',
      properties: {
        model: {
          type: 'boolean',
          description: 'log the generator of a finished run as an ONNX model, default false',
        },
        register: {
          type: 'string',
          minLength: 1,
          pattern: '^[^/:.%\'"`\\\\]+$',
          description: 'log it, and register it as the next version of this name',
        },
        system_metrics: {
          type: 'boolean',
          description: 'log load and memory of the machine while it trains, default false',
        },
      },
    },
  },
};
