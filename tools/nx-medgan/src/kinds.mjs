/**
 * Where the plugins of a kind live, and under which name a package exports them.
 * @typedef {object} Kind
 * @property {string} define function of `@medgan/plugin-api` that declares one
 * @property {string} package folder under `packages/`
 * @property {string} suffix put behind the plugin's name in its export
 * @property {string} title heading in the catalogue
 */

/** @type {Readonly<Record<string, Kind>>} */
export const KINDS = {
  architecture: { define: 'defineArchitecture', package: 'models', suffix: '', title: 'Architectures' },
  objective: { define: 'defineObjective', package: 'objectives', suffix: '', title: 'Objectives' },
  dataset: { define: 'defineDataset', package: 'data', suffix: '', title: 'Datasets' },
  augmentation: { define: 'defineAugmentation', package: 'data', suffix: '', title: 'Augmentations' },
  metric: {
    define: 'definePairMetric',
    package: 'metrics',
    suffix: 'Metric',
    title: 'Metrics of image pairs',
  },
  'set metric': {
    define: 'defineSetMetric',
    package: 'metrics',
    suffix: 'Metric',
    title: 'Metrics of image sets',
  },
  'feature extractor': {
    define: 'defineFeatures',
    package: 'metrics',
    suffix: 'Features',
    title: 'Feature extractors',
  },
};

/** Packages that have plugins. */
export const PACKAGES = [...new Set(Object.values(KINDS).map((kind) => kind.package))];

/** `my-gan` → `myGan`. @param {string} name */
export const camelCase = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
