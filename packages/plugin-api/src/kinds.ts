import type { Architecture } from './architecture.ts';
import type { Augmentation } from './augmentation.ts';
import type { Classifier } from './classifier.ts';
import type { Dataset } from './dataset.ts';
import type { Launcher } from './launcher.ts';
import type { Features, PairMetric, SetMetric } from './metric.ts';
import type { Objective } from './objective.ts';
import type { Registry } from './registry.ts';

/** The plugin of each kind. */
export interface PluginOfKind {
  readonly architecture: Architecture;
  readonly objective: Objective;
  readonly dataset: Dataset;
  readonly augmentation: Augmentation;
  readonly 'pair-metric': PairMetric;
  readonly 'set-metric': SetMetric;
  readonly features: Features;
  readonly classifier: Classifier;
  readonly launcher: Launcher;
}

/** Kinds of plugins. */
export type PluginKind = keyof PluginOfKind;

/** A plugin of any kind. */
export type AnyPlugin = PluginOfKind[PluginKind];

/** JavaScript types of the members that a plugin must have, as `typeof` names them. */
type Members = Readonly<Record<string, 'boolean' | 'function' | 'number' | 'object' | 'string'>>;

/** What the program knows of a kind of plugin. */
export interface KindRecord {
  /** The kind in a sentence: `no pair metric is called "ssmi"`. */
  readonly title: string;
  /** Its registry among all plugins. */
  readonly registry: string;
  /** Members of its plugins beside `name`, `summary` and `options`. */
  readonly members: Members;
  /** Where its built-in plugins are; absent where none is in the catalogue. */
  readonly catalogue?: {
    /** Heading on the page. */
    readonly heading: string;
    /** Folder under `packages/`. */
    readonly package: string;
    /** The function that declares one. */
    readonly define: string;
    /** Put behind the plugin's name where its package exports it. */
    readonly suffix: string;
  };
}

/** Every kind of plugin, once: registries, checks of shape, the catalogue and the generators are derived from here. */
export const PLUGIN_KINDS = {
  architecture: {
    title: 'architecture',
    registry: 'architectures',
    members: {
      reference: 'string',
      generator: 'function',
      discriminator: 'function',
      imageSizes: 'object',
      tiny: 'object',
      defaultObjective: 'string',
    },
    catalogue: { heading: 'Architectures', package: 'models', define: 'defineArchitecture', suffix: '' },
  },
  objective: {
    title: 'objective',
    registry: 'objectives',
    members: {
      reference: 'string',
      discriminatorLoss: 'function',
      generatorLoss: 'function',
      usesLabels: 'boolean',
    },
    catalogue: { heading: 'Objectives', package: 'objectives', define: 'defineObjective', suffix: '' },
  },
  dataset: {
    title: 'dataset',
    registry: 'datasets',
    members: { reference: 'string', open: 'function', source: 'string', tiny: 'object' },
    catalogue: { heading: 'Datasets', package: 'data', define: 'defineDataset', suffix: '' },
  },
  augmentation: {
    title: 'augmentation',
    registry: 'augmentations',
    members: { reference: 'string', apply: 'function', tiny: 'object' },
    catalogue: { heading: 'Augmentations', package: 'data', define: 'defineAugmentation', suffix: '' },
  },
  'pair-metric': {
    title: 'pair metric',
    registry: 'pairMetrics',
    members: {
      title: 'string',
      reference: 'string',
      compute: 'function',
      refuses: 'function',
      range: 'object',
      direction: 'string',
      symmetric: 'boolean',
    },
    catalogue: {
      heading: 'Metrics of image pairs',
      package: 'metrics',
      define: 'definePairMetric',
      suffix: 'Metric',
    },
  },
  'set-metric': {
    title: 'set metric',
    registry: 'setMetrics',
    members: { reference: 'string', values: 'object', minimum: 'function', compute: 'function' },
    catalogue: {
      heading: 'Metrics of image sets',
      package: 'metrics',
      define: 'defineSetMetric',
      suffix: 'Metric',
    },
  },
  features: {
    title: 'feature extractor',
    registry: 'features',
    members: { reference: 'string', open: 'function' },
    catalogue: {
      heading: 'Feature extractors',
      package: 'metrics',
      define: 'defineFeatures',
      suffix: 'Features',
    },
  },
  classifier: {
    title: 'classifier',
    registry: 'classifiers',
    members: { reference: 'string', network: 'function', smallestImage: 'number', tiny: 'object' },
    catalogue: { heading: 'Classifiers', package: 'classifiers', define: 'defineClassifier', suffix: '' },
  },
  launcher: { title: 'launcher', registry: 'launchers', members: { launch: 'function' } },
} as const satisfies Readonly<Record<PluginKind, KindRecord>>;

/** All plugins that a command can use: one registry per kind. */
export type Plugins = {
  readonly [K in PluginKind as (typeof PLUGIN_KINDS)[K]['registry']]: Registry<PluginOfKind[K]>;
};
