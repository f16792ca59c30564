import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describeExperiment } from './describe-experiment.mjs';

export const name = '@medgan/nx-medgan';

const CLI = 'packages/cli/bin/medgan.mjs';
const CONFIGURATIONS = ['quick', 'paper'];

/**
 * A target of the project `experiments` for every YAML file there: `nx run experiments:batch-size-sweep`, with the
 * configurations `quick` (default) and `paper`. Further arguments, such as `--data DIR`, go to `medgan experiment run`.
 * @type {import('@nx/devkit').CreateNodes}
 */
export const createNodes = [
  'experiments/*.yaml',
  (files, _options, { workspaceRoot }) =>
    files.map((file) => {
      const { description, fault } = describeExperiment(
        readFileSync(join(workspaceRoot, file), 'utf8'),
        file,
      );
      // Never thrown: one broken file must not take the project graph from all the others.
      if (fault !== undefined) process.stderr.write(`[nx-medgan] ${fault}\n`);
      const targets = { [basename(file, '.yaml')]: experimentTarget(file, description) };
      return [file, { projects: { [dirname(file)]: { name: 'experiments', targets } } }];
    }),
];

/**
 * @param {string} file
 * @param {string} description
 * @returns {import('@nx/devkit').TargetConfiguration}
 */
function experimentTarget(file, description) {
  const command = (/** @type {string} */ configuration) =>
    `node ${CLI} experiment run ${file} --configuration ${configuration}`;
  return {
    executor: 'nx:run-commands',
    options: { cwd: '{workspaceRoot}' },
    configurations: Object.fromEntries(CONFIGURATIONS.map((each) => [each, { command: command(each) }])),
    defaultConfiguration: CONFIGURATIONS[0],
    cache: false,
    // Training takes every core.
    parallelism: false,
    metadata: {
      description,
      technologies: ['medgan'],
      help: {
        command: `node ${CLI} experiment run --help`,
        example: { options: { data: 'DIR' } },
      },
    },
  };
}
