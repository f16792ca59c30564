import {
  Registry,
  type Architecture,
  type Augmentation,
  type Dataset,
  type Features,
  type Objective,
  type PairMetric,
  type SetMetric,
} from '@medgan/plugin-api';
import * as data from '@medgan/data';
import * as metrics from '@medgan/metrics';
import * as models from '@medgan/models';
import * as objectives from '@medgan/objectives';
import * as registry from '@medgan/experiment-registry';

/** All plugins a command can use, by kind. */
export interface Plugins {
  readonly architectures: Registry<Architecture>;
  readonly objectives: Registry<Objective>;
  readonly datasets: Registry<Dataset>;
  readonly augmentations: Registry<Augmentation>;
  readonly pairMetrics: Registry<PairMetric>;
  readonly setMetrics: Registry<SetMetric>;
  readonly features: Registry<Features>;
  readonly launchers: Registry<registry.Launcher>;
}

/** The exports of a package that are plugins of one kind: built-ins are found as a third party's are. */
function ofKind<T>(kind: string, exports: Readonly<Record<string, unknown>>): T[] {
  return Object.values(exports).filter(
    (value): value is T =>
      typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind,
  );
}

/** The plugins that come with medgan. */
export function builtInPlugins(): Plugins {
  return {
    architectures: new Registry('architecture', ofKind<Architecture>('architecture', models)),
    objectives: new Registry('objective', ofKind<Objective>('objective', objectives)),
    datasets: new Registry('dataset', ofKind<Dataset>('dataset', data)),
    augmentations: new Registry('augmentation', ofKind<Augmentation>('augmentation', data)),
    pairMetrics: new Registry('pair metric', ofKind<PairMetric>('pair-metric', metrics)),
    setMetrics: new Registry('set metric', ofKind<SetMetric>('set-metric', metrics)),
    features: new Registry('feature extractor', ofKind<Features>('features', metrics)),
    launchers: new Registry('launcher', ofKind<registry.Launcher>('launcher', registry)),
  };
}

/** Registers one more plugin of any kind. @throws MedganError when its name is taken. */
export function addPlugin(plugins: Plugins, plugin: { readonly kind: string }): void {
  const registries: Readonly<Record<string, Registry<never>>> = {
    architecture: plugins.architectures as Registry<never>,
    objective: plugins.objectives as Registry<never>,
    dataset: plugins.datasets as Registry<never>,
    augmentation: plugins.augmentations as Registry<never>,
    'pair-metric': plugins.pairMetrics as Registry<never>,
    'set-metric': plugins.setMetrics as Registry<never>,
    features: plugins.features as Registry<never>,
    launcher: plugins.launchers as Registry<never>,
  };
  registries[plugin.kind]!.add(plugin as never);
}
