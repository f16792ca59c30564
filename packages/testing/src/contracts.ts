import type { Engine } from '@medgan/engine';
import {
  parseOptions,
  type Architecture,
  type Augmentation,
  type Classifier,
  type Dataset,
  type Features,
  type Objective,
  type PairMetric,
  type SetMetric,
} from '@medgan/plugin-api';
import { architectureChecks } from './architecture/checks.ts';
import { augmentationChecks } from './augmentation/checks.ts';
import { classifierChecks } from './classifier/checks.ts';
import { datasetChecks } from './dataset/checks.ts';
import { engineChecks } from './engine/checks.ts';
import { featuresChecks } from './features/checks.ts';
import { metricChecks } from './metric/checks.ts';
import { objectiveChecks } from './objective/checks.ts';
import { setMetricChecks } from './set-metric/checks.ts';
import { registerChecks } from './register-checks.ts';

const titleOf = (name: string, options: object): string =>
  [name, ...(Object.keys(options).length > 0 ? [JSON.stringify(options)] : [])].join(' ');

/** Registers the contract of an architecture as vitest tests; `options` beside the defaults, where others matter. */
export function architectureContract(architecture: Architecture, options: object = {}): void {
  const parsed = parseOptions<object>(architecture.name, architecture.options, options);
  registerChecks(`architecture ${titleOf(architecture.name, options)}`, architectureChecks, {
    architecture,
    options: parsed,
  });
}

/** Registers the contract of an augmentation as vitest tests; `options` beside the defaults, where others matter. */
export function augmentationContract(augmentation: Augmentation, options: object = {}): void {
  const parsed = parseOptions<object>(augmentation.name, augmentation.options, options);
  registerChecks(`augmentation ${titleOf(augmentation.name, options)}`, augmentationChecks, {
    augmentation,
    options: parsed,
  });
}

/** Registers the contract of a classifier as vitest tests; `options` are its `tiny` ones where left out. */
export function classifierContract(classifier: Classifier, options: object = classifier.tiny.options): void {
  const parsed = parseOptions<object>(classifier.name, classifier.options, options);
  registerChecks(`classifier ${titleOf(classifier.name, options)}`, classifierChecks, {
    classifier,
    options: parsed,
  });
}

/** Registers the contract of an objective as vitest tests; `options` beside the defaults, where others matter. */
export function objectiveContract(objective: Objective, options: object = {}): void {
  const parsed = parseOptions<object>(objective.name, objective.options, options);
  registerChecks(`objective ${titleOf(objective.name, options)}`, objectiveChecks, {
    objective,
    options: parsed,
  });
}

/**
 * Registers the contract of a dataset as vitest tests. A dataset of source `path` is opened on `path`, or on two class
 * folders of PNG images made for the test.
 */
export function datasetContract(dataset: Dataset, settings: { readonly path?: string } = {}): void {
  registerChecks(`dataset ${dataset.name}`, datasetChecks, { dataset, ...settings });
}

/** Registers the contract of a metric of image pairs as vitest tests. */
export function metricContract(metric: PairMetric): void {
  registerChecks(`metric ${metric.name}`, metricChecks, metric);
}

/** Registers the contract of a feature extractor as vitest tests; `options` are its `tiny` ones where left out. */
export function featuresContract(features: Features, options: object = features.tiny ?? {}): void {
  registerChecks(`features ${titleOf(features.name, options)}`, featuresChecks, { features, options });
}

/** Registers the contract of a metric of image sets as vitest tests; `options` beside the defaults, where others matter. */
export function setMetricContract(metric: SetMetric, options: object = {}): void {
  registerChecks(`set metric ${titleOf(metric.name, options)}`, setMetricChecks, { metric, options });
}

/** Registers the contract of an engine as vitest tests. Each test starts an engine of its own and frees it. */
export function engineContract(name: string, start: () => Promise<Engine>): void {
  registerChecks(`engine ${name}`, engineChecks, { start });
}
