import type { GanSpec, RunConfig } from '@medgan/trainer';
import type { Plugins } from '@medgan/plugin-api';

/** What a GAN is built from, as a run's configuration names it. */
export const ganSpec = (config: RunConfig, plugins: Plugins): GanSpec => ({
  ...config,
  architecture: plugins.architectures.get(config.architecture.name),
  architectureOptions: config.architecture.options,
  objective: plugins.objectives.get(config.objective.name),
  objectiveOptions: config.objective.options,
});
