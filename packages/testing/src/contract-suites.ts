import { parseOptions, type AnyPlugin, type PluginKind, type PluginOfKind } from '@medgan/plugin-api';
import { architectureChecks } from './architecture/checks.ts';
import { augmentationChecks } from './augmentation/checks.ts';
import { brokenRules, type BrokenRule } from './check.ts';
import { classifierChecks } from './classifier/checks.ts';
import { datasetChecks } from './dataset/checks.ts';
import { featuresChecks } from './features/checks.ts';
import { metricChecks } from './metric/checks.ts';
import { objectiveChecks } from './objective/checks.ts';
import { setMetricChecks } from './set-metric/checks.ts';

/** What a suite needs in addition to the plugin. */
export interface SuiteSettings {
  /** Folder that datasets of source `path` are opened on; undefined = class folders made for the test. */
  readonly path?: string | undefined;
}

interface Suite<P extends AnyPlugin> {
  run(plugin: P, settings: SuiteSettings): Promise<BrokenRule[]>;
}

const optionsOf = (plugin: AnyPlugin, given: object = {}): object =>
  parseOptions<object>(plugin.name, plugin.options, given);

const SUITES: { readonly [K in PluginKind]?: Suite<PluginOfKind[K]> } = {
  architecture: {
    run: (architecture) =>
      brokenRules(architectureChecks, { architecture, options: optionsOf(architecture) }),
  },
  objective: {
    run: (objective) => brokenRules(objectiveChecks, { objective, options: optionsOf(objective) }),
  },
  dataset: {
    run: (dataset, { path }) =>
      brokenRules(datasetChecks, {
        dataset,
        ...(dataset.source === 'path' && path !== undefined ? { path } : {}),
      }),
  },
  augmentation: {
    run: (augmentation) =>
      brokenRules(augmentationChecks, { augmentation, options: optionsOf(augmentation, augmentation.tiny) }),
  },
  classifier: {
    run: (classifier) =>
      brokenRules(classifierChecks, { classifier, options: optionsOf(classifier, classifier.tiny.options) }),
  },
  'pair-metric': { run: (metric) => brokenRules(metricChecks, metric) },
  'set-metric': { run: (metric) => brokenRules(setMetricChecks, { metric, options: {} }) },
  features: {
    run: (features) => brokenRules(featuresChecks, { features, options: features.tiny ?? {} }),
  },
};

/**
 * Runs the contract suite of the plugin's kind without vitest.
 * @returns the rules that the plugin breaks; undefined where its kind has no suite
 */
export function contractFaults(
  plugin: AnyPlugin,
  settings: SuiteSettings,
): Promise<BrokenRule[]> | undefined {
  const suite: Suite<AnyPlugin> | undefined = SUITES[plugin.kind];
  return suite?.run(plugin, settings);
}
