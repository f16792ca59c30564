import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { enginesToTry, type EngineName, type Precision } from '@medgan/engine';
import { defined, MedganError, resolvePath } from '@medgan/files';
import {
  validateOptions,
  type Architecture,
  type Dataset,
  type Fault,
  type SplitRequest,
  type TrainingDefaults,
  type Plugins,
} from '@medgan/plugin-api';
import { ADAM_DEFAULTS, type RunConfig } from '@medgan/trainer';
import { cacheFolder, cacheLimit } from './cache-folder.ts';
import type { ControlFile } from './control-schema.ts';
import { datasetName } from './dataset-name.ts';
import { chooseFigure, reasonAgainst, type Figure } from '../evaluation/figure.ts';
import { resolveAugment } from './resolve-augment.ts';
import { splitFaults, splitRequest } from './resolve-split.ts';

/** A control file with every choice made: what to train, on what, and with what. */
export interface ResolvedRun {
  readonly config: RunConfig;
  readonly data: {
    readonly dataset: Dataset;
    readonly options: object;
    readonly path?: string;
    readonly classes?: readonly string[];
    readonly split?: SplitRequest;
    readonly subset?: number;
    readonly subsetOrder: 'first' | 'seeded';
    readonly workers: number;
    readonly cacheDir?: string;
    readonly cacheBytes?: number;
  };
  readonly engines: readonly EngineName[];
  /** A GPU was asked for: say so once when there is none. */
  readonly wantsGpu: boolean;
  readonly threads: number;
  /** How the engine native computes convolutions; undefined for its default. */
  readonly precision?: Precision;
  readonly runDir: string;
  /** What chooses the best checkpoint; undefined when the run is not evaluated while it trains. */
  readonly figure?: Figure;
}

/** Looks at the whole set: a metric of pairs takes a generator that repeats one good image for the best. */
const BEST_METRIC = 'kid@random-conv';

/** The original's rule: from 1 on, learning_rate is the discriminator's rate as a multiple of the default. */
function learningRates(rate: number): RunConfig['learningRate'] {
  const base = ADAM_DEFAULTS.learningRate;
  return rate >= 1
    ? { generator: base, discriminator: base * rate }
    : { generator: rate, discriminator: rate };
}

/** What the control file says, else the architecture, else the original's. */
const trainingSettings = (
  control: ControlFile,
  { training = {} }: Architecture,
): Required<TrainingDefaults> => ({
  learningRate: control.learning_rate ?? training.learningRate ?? ADAM_DEFAULTS.learningRate,
  beta1: control.beta_adam ?? training.beta1 ?? ADAM_DEFAULTS.beta1,
  beta2: control.beta2_adam ?? training.beta2 ?? ADAM_DEFAULTS.beta2,
  discriminatorSteps: control.discriminator_steps ?? training.discriminatorSteps ?? 1,
});

/** Where decoded images are kept, and how many bytes of them; an empty word keeps none. */
function cache(asked: string | undefined): { cacheDir?: string; cacheBytes?: number } {
  if (asked === '') return {};
  const limit = cacheLimit();
  return { cacheDir: cacheFolder(asked), ...defined({ cacheBytes: limit }) };
}

/** Collects what is wrong, key by key, instead of stopping at the first. */
class Faults {
  readonly list: Fault[] = [];

  add(key: string, message: string, cure?: string): void {
    this.list.push({ path: key.split('.'), message, ...defined({ cure }) });
  }

  /** The value `make` returns, or undefined with its complaint noted under `key`. */
  attempt<T>(key: string, make: () => T): T | undefined {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof MedganError)) throw error;
      this.add(key, error.message, error.cure);
      return undefined;
    }
  }

  /** Options of a plugin with its defaults, faults noted under `key`. */
  options(key: string, schema: object, given: object): object {
    const { value, faults } = validateOptions<object>(schema, given);
    for (const fault of faults) this.list.push({ ...fault, path: [key, ...fault.path] });
    return value;
  }
}

/** The figure that chooses the best checkpoint, or undefined when the run is not evaluated, or none fits. */
function chosenFigure(control: ControlFile, plugins: Plugins, faults: Faults): Figure | undefined {
  const { evaluate_every: every, best_metric: asked } = control;
  if (every === undefined) {
    if (asked !== undefined) {
      faults.add('best_metric', 'the run is never evaluated', 'add evaluate_every: <steps>');
    }
    return undefined;
  }
  const figure = faults.attempt('best_metric', () => chooseFigure(asked ?? BEST_METRIC, plugins));
  if (figure === undefined) return undefined;
  const { image_size: side, number_channels: channels } = control;
  if (figure.kind === 'set') {
    const reason = reasonAgainst(figure, sampleCountOf(control));
    if (reason !== undefined)
      faults.add('best_metric', `${figure.name}: ${reason}`, 'raise sample_count, or choose another one');
    return figure;
  }
  const refusal = figure.metric.refuses({ height: side, width: side, channels }, figure.options);
  if (refusal !== undefined) {
    faults.add('best_metric', `${figure.name} cannot compare these images: ${refusal}`, 'choose another one');
  }
  return figure;
}

/** Fixed-noise images that are drawn: as many as pixels per side, as the original draws. */
const sampleCountOf = (control: ControlFile): number => control.sample_count ?? control.image_size;

function checkPrecision({ engine, n_gpu: gpus, precision }: ControlFile, faults: Faults): void {
  const isNativeTried = engine === 'native' || (engine === undefined && gpus < 1);
  if (precision === undefined || isNativeTried) return;
  const other = engine === undefined ? 'n_gpu asks for another' : `${engine} computes here`;
  faults.add(
    'precision',
    `only the engine native has it, and ${other}`,
    'write engine: native, or remove precision:',
  );
}

/** The plugins that a control file names, their options filled in. */
interface Chosen {
  readonly architecture: Architecture;
  readonly objective: RunConfig['objective'];
  readonly dataset: Dataset;
  readonly archOptions: object;
  readonly datasetOptions: object;
  readonly augment: ReturnType<typeof resolveAugment>['chosen'];
  readonly figure: Figure | undefined;
}

/** Looks up what a control file names; undefined when anything is wrong, and `faults` then says what. */
function choose(control: ControlFile, plugins: Plugins, faults: Faults): Chosen | undefined {
  for (const key of ['path', 'out', 'cache', 'splits'] as const) {
    const path = control[key];
    if (typeof path === 'string') faults.attempt(key, () => resolvePath(path));
  }
  const architecture = faults.attempt('arch', () => plugins.architectures.get(control.arch));
  if (architecture && !architecture.imageSizes.includes(control.image_size)) {
    faults.add(
      'image_size',
      `${control.image_size} is not built by ${architecture.name}`,
      `use one of ${architecture.imageSizes.join(', ')}`,
    );
  }
  const objective = faults.attempt('objective', () =>
    plugins.objectives.get(control.objective ?? architecture?.defaultObjective ?? 'bce'),
  );
  checkPrecision(control, faults);
  if (objective && !objective.usesLabels && control.labels) {
    faults.add('labels', `the objective ${objective.name} has no labels`, 'remove labels:');
  }
  const dataset = faults.attempt('dataset', () => plugins.datasets.get(datasetName(control)));
  if (dataset?.source === 'path' && control.path === undefined) {
    faults.add('path', `the dataset ${dataset.name} needs a folder`, 'add path: <folder of images>');
  }
  faults.list.push(...splitFaults(control, dataset));
  const figure = chosenFigure(control, plugins, faults);
  const optionsOf = (key: OptionsKey, plugin: { readonly options: object } | undefined): object =>
    plugin ? faults.options(key, plugin.options, control[key]) : {};
  const archOptions = optionsOf('arch_options', architecture);
  const objectiveOptions = optionsOf('objective_options', objective);
  const datasetOptions = optionsOf('dataset_options', dataset);
  const augment = resolveAugment(control.augment ?? [], plugins.augmentations);
  for (const fault of augment.faults) faults.list.push({ ...fault, path: ['augment', ...fault.path] });
  if (faults.list.length > 0 || !architecture || !objective || !dataset) return undefined;
  return {
    ...{ architecture, dataset, archOptions, datasetOptions, figure },
    objective: { name: objective.name, options: objectiveOptions },
    augment: augment.chosen,
  };
}

type OptionsKey = 'arch_options' | 'objective_options' | 'dataset_options';

/** Everything that decides a run's numbers. */
function configOf(control: ControlFile, chosen: Chosen): RunConfig {
  const { architecture, archOptions, objective, augment, figure } = chosen;
  const real = control.labels?.real ?? 1;
  const { r1 = 0, diff_augment: diffAugment = [] } = control;
  const { learningRate, beta1, beta2, discriminatorSteps } = trainingSettings(control, architecture);
  return {
    architecture: { name: architecture.name, options: archOptions },
    objective,
    sizes: {
      imageSize: control.image_size,
      channels: control.number_channels,
      latentSize: control.latent_vector,
      generatorFeatures: control.gen_feature_maps,
      discriminatorFeatures: control.dis_feature_maps,
    },
    labels: { real, fake: control.labels?.fake ?? 0, generator: control.labels?.generator ?? real },
    learningRate: learningRates(learningRate),
    beta1,
    batchSize: control.batch_size,
    epochs: control.num_epochs,
    ...defined({ maxSteps: control.max_steps }),
    seed: control.seed,
    sampleCount: sampleCountOf(control),
    cadence: {
      logEvery: control.log_every,
      sampleEvery: control.sample_every,
      checkpointEvery: control.checkpoint_every,
      keepCheckpoints: control.keep_checkpoints,
      ...defined({ evaluateEvery: control.evaluate_every }),
    },
    // Left out where there is none: the identities of runs from before stay what they are.
    ...(beta2 === ADAM_DEFAULTS.beta2 ? {} : { beta2 }),
    ...defined({ ema: control.ema }),
    ...(discriminatorSteps === 1 ? {} : { discriminatorSteps }),
    ...(r1 === 0 ? {} : { r1 }),
    ...(diffAugment.length === 0 ? {} : { diffAugment }),
    ...(augment.length === 0 ? {} : { augment }),
    ...defined({ bestMetric: figure?.name }),
  };
}

/** Where the images of a run come from. */
function dataOf(control: ControlFile, { dataset, datasetOptions }: Chosen): ResolvedRun['data'] {
  return {
    dataset,
    options: datasetOptions,
    ...defined({ path: control.path && resolvePath(control.path) }),
    ...defined({ classes: control.classes }),
    ...splitRequest(control),
    ...defined({ subset: control.subset }),
    subsetOrder: control.subset_order,
    workers: Math.max(1, control.loader_workers),
    ...cache(control.cache),
  };
}

/** Checks a control file against the plugins and fills everything in; `faults` is empty exactly when it can run. */
export function resolveControl(
  control: ControlFile,
  plugins: Plugins,
): { run?: ResolvedRun; faults: Fault[] } {
  const faults = new Faults();
  const chosen = choose(control, plugins, faults);
  if (!chosen) return { faults: faults.list };
  const { figure } = chosen;
  const wantsGpu = control.engine === undefined && control.n_gpu >= 1;
  return {
    faults: [],
    run: {
      config: configOf(control, chosen),
      data: dataOf(control, chosen),
      engines: enginesToTry(control.engine, wantsGpu),
      wantsGpu,
      threads: control.threads ?? availableParallelism(),
      ...defined({ precision: control.precision }),
      runDir: resolve(resolvePath(control.out), control.run),
      ...defined({ figure }),
    },
  };
}
