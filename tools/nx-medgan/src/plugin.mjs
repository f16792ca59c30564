import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describeExperiment } from './describe-experiment.mjs';

export const name = '@medgan/nx-medgan';

const CLI = 'packages/cli/bin/medgan.mjs';
const CONFIGURATIONS = ['quick', 'paper'];

/**
 * A target of the project `experiments` for every YAML file there: `nx run experiments:batch-size-sweep`, with the
 * configurations `quick` (default) and `paper`; `paper-tables` runs them all, one after another, and `report` writes
 * what came of them. Further arguments, such as `--data DIR`, go to `medgan`.
 * @type {import('@nx/devkit').CreateNodes}
 */
export const createNodes = [
  'experiments/*.yaml',
  (files, _options, { workspaceRoot }) =>
    files.map((file) => {
      const study = basename(file, '.yaml');
      const { description, fault } = Object.hasOwn(COMMON, study)
        ? taken(file, study)
        : describeExperiment(readFileSync(join(workspaceRoot, file), 'utf8'), file);
      // Never thrown: one broken file must not take the project graph from all the others.
      if (fault !== undefined) process.stderr.write(`[nx-medgan] ${fault}\n`);
      const targets = { [study]: runTarget(file, description), ...COMMON };
      return [file, { projects: { [dirname(file)]: { name: 'experiments', targets } } }];
    }),
];

/**
 * @param {string} studies what `medgan experiment run` is to run
 * @param {string} description
 * @returns {import('@nx/devkit').TargetConfiguration}
 */
function runTarget(studies, description) {
  const command = (/** @type {string} */ configuration) =>
    `node ${CLI} experiment run ${studies} --configuration ${configuration}`;
  return {
    ...medganTarget('experiment run', description, { data: 'DIR' }),
    configurations: Object.fromEntries(CONFIGURATIONS.map((each) => [each, { command: command(each) }])),
    defaultConfiguration: CONFIGURATIONS[0],
    // Training takes every core.
    parallelism: false,
    // The fastest engine: compiled in seconds, once; left out where there is no C compiler.
    dependsOn: [{ projects: ['@medgan/native'], target: 'kernels' }],
  };
}

/**
 * @param {string} command of `medgan`
 * @param {string} description
 * @param {Record<string, string>} options an example of what can follow
 * @returns {import('@nx/devkit').TargetConfiguration}
 */
function medganTarget(command, description, options) {
  return {
    executor: 'nx:run-commands',
    options: { cwd: '{workspaceRoot}' },
    cache: false,
    metadata: {
      description,
      technologies: ['medgan'],
      help: { command: `node ${CLI} ${command} --help`, example: { options } },
    },
  };
}

/**
 * What there is beside the studies.
 * @type {Record<string, import('@nx/devkit').TargetConfiguration>}
 */
export const COMMON = {
  'paper-tables': runTarget('--all', 'Every study, one after another; finished trials are kept'),
  report: {
    ...medganTarget('report', 'Writes reports/index.html: our figures beside the published ones', {}),
    options: { cwd: '{workspaceRoot}', command: `node ${CLI} report` },
  },
};

/**
 * @param {string} file
 * @param {string} study
 * @returns {{ description: string, fault: string }}
 */
function taken(file, study) {
  const fault = `${file}: the name ${study} is that of a target: rename the file`;
  return { description: `cannot run: ${fault}`, fault };
}
