import {
  findExperiment,
  parseOverrides,
  parseSeeds,
  readExperiment,
  shownStudy,
  studyText,
} from '@medgan/experiment-registry';
import { pluginsOfStudies, studyToShow, withAbsolutePlugins } from '@medgan/runs';

export interface ExperimentShowOptions {
  readonly configuration: string;
  readonly set: readonly string[];
  readonly seeds?: string;
  readonly json: boolean;
}

/** `medgan experiment show <name or file>`: the resolved trials, what was published, and our assumptions. */
export async function experimentShowCommand(name: string, options: ExperimentShowOptions): Promise<number> {
  const { configuration, seeds, json } = options;
  const experiment = readExperiment(findExperiment(name));
  const overrides = withAbsolutePlugins(parseOverrides(options.set), process.cwd());
  const study = studyToShow(experiment, {
    plugins: await pluginsOfStudies([experiment], overrides),
    configuration,
    overrides,
    ...(seeds === undefined ? {} : { seeds: parseSeeds(seeds) }),
  });
  process.stdout.write(json ? `${JSON.stringify(shownStudy(study), undefined, 2)}\n` : studyText(study));
  return 0;
}
