import {
  type ControlRules,
  expandExperiment,
  type ExpandOptions,
  type Experiment,
  type Study,
} from '@medgan/experiment-registry';
import type { Plugins } from '@medgan/plugin-api';
import { controlRules } from './trial-run.ts';

/** The rules of control files, but a study may be looked at before there are images to train on. */
function rulesWithoutData(plugins: Plugins): ControlRules {
  const rules = controlRules(plugins);
  return { ...rules, validate: (config) => rules.validate(config).filter(({ path }) => path[0] !== 'path') };
}

/** As `expandExperiment`, for a study that is shown and not run. */
export function studyToShow(
  experiment: Experiment,
  { plugins, ...options }: Omit<ExpandOptions, 'control'> & { readonly plugins: Plugins },
): Study {
  const control = rulesWithoutData(plugins);
  return expandExperiment(experiment, { ...options, control });
}
