import { join, resolve } from 'node:path';
import { MedganError, UsageError, withCure } from '@medgan/files';
import type { Plugins } from '@medgan/plugin-api';
import {
  type ControlKeys,
  countsText,
  expandExperiment,
  type Experiment,
  experimentFiles,
  findExperiment,
  parseOverrides,
  parseSeeds,
  readExperiment,
  resultsTable,
  type Study,
  type StudyOutcome,
} from '@medgan/experiment-registry';
import { dryRunText } from '../experiment/dry-run-text.ts';
import { openLauncher, queueOf } from '../experiment/open-launcher.ts';
import { failuresText, runStudies, shown } from '../experiment/run-studies.ts';
import {
  absolutePaths,
  controlRules,
  fromWhereCalled,
  pluginsOfStudies,
  systemClock,
  trialIdentities,
  withAbsolutePlugins,
} from '@medgan/runs';
import { writeStudyCommand } from '../experiment/study-command.ts';
import { EXIT_INTERRUPTED, interruptSignal } from '../interrupt.ts';
import { MEDGAN_FILE } from '../medgan-file.ts';
import { TerminalReporter } from '../terminal.ts';
import { StudyFollowers } from '@medgan/tracking';

export interface ExperimentRunOptions {
  readonly all: boolean;
  readonly configuration: string;
  readonly data?: string;
  readonly out: string;
  readonly set: readonly string[];
  readonly seeds?: string;
  readonly jobs?: number;
  readonly launcher?: string;
  readonly launcherOption: readonly string[];
  readonly detach: boolean;
  readonly onFailure: 'continue' | 'stop';
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** What the command line lays over the files, and the plugins that both name. */
interface Overlay {
  readonly overrides: ControlKeys;
  readonly plugins: Plugins;
}

/** All studies that are asked for, expanded. @throws MedganError with what is wrong in any of them. */
function studiesOf(
  experiments: readonly Experiment[],
  { configuration, seeds, overrides, plugins }: ExperimentRunOptions & Overlay,
): Study[] {
  const studies: Study[] = [];
  const errors: MedganError[] = [];
  for (const experiment of experiments) {
    try {
      const control = controlRules(plugins);
      const common = {
        control,
        configuration,
        overrides,
        ...(seeds === undefined ? {} : { seeds: parseSeeds(seeds) }),
      };
      studies.push(expandExperiment(experiment, common));
    } catch (error) {
      if (!(error instanceof MedganError)) throw error;
      errors.push(error);
    }
  }
  if (errors.length === 1) throw errors[0]!;
  if (errors.length > 1) {
    const all = errors.map(withCure).join('\n');
    throw new MedganError(`${errors.length} of ${experiments.length} studies cannot be run:\n${all}`);
  }
  return studies;
}

/** `medgan experiment run <name or file…>`: every trial of the studies, and a table of each. */
export async function experimentRunCommand(
  names: readonly string[],
  options: ExperimentRunOptions,
): Promise<number> {
  const experiments = experimentsOf(names, options.all);
  const { data } = options;
  const folder = data === undefined ? {} : { dataset: 'image-folder', path: fromWhereCalled(data) };
  const { control: given } = absolutePaths(
    { ...folder, ...parseOverrides(options.set) },
    { folderOf: () => process.cwd() },
  );
  const overrides = withAbsolutePlugins(given, process.cwd());
  const plugins = await pluginsOfStudies(experiments, overrides);
  const studies = studiesOf(experiments, { ...options, overrides, plugins });
  const opened = await openLauncher(options, { experiments, plugins });
  if (options.detach) queueOf(opened.launcher);
  if (options.dryRun) {
    process.stdout.write(dryRunText(studies, options));
    return 0;
  }
  const root = resolve(options.out);
  for (const study of studies) await opened.check(study, root);
  for (const study of studies) await writeStudyCommand(join(root, study.name), { study, options });
  const { signal, release } = interruptSignal(() => undefined);
  const reporter = new TerminalReporter({ stream: process.stdout, logEvery: 1 });
  const followers = new StudyFollowers({ program: MEDGAN_FILE, reporter });
  try {
    const outcomes = await runStudies(studies, {
      ...options,
      jobs: opened.jobs,
      launch: opened.launch,
      outlives: opened.launcher.queue !== undefined,
      ...(options.detach ? { handIn: opened.handIn } : {}),
      identify: trialIdentities(plugins, { reporter, signal }),
      clock: systemClock,
      signal,
      screen: process.stdout,
      listeners: [followers.listen],
    }).finally(() => followers.close());
    return await summarise(studies, outcomes);
  } finally {
    release();
  }
}

function experimentsOf(names: readonly string[], all: boolean): Experiment[] {
  if (all === names.length > 0) {
    throw new UsageError(all ? '--all runs every study: name none' : 'no study is named', {
      cure: 'give names or files of studies, or --all',
    });
  }
  const files = all ? experimentFiles() : names.map((name) => findExperiment(name));
  return [...new Set(files)].map(readExperiment);
}

/** Prints how the studies ended; returns the exit code. */
async function summarise(studies: readonly Study[], outcomes: readonly StudyOutcome[]): Promise<number> {
  const lines: string[] = [];
  const { isTTY, columns } = process.stdout;
  const width = isTTY ? { width: columns } : {};
  for (const { study, records, dir, resultsPath, advice } of outcomes) {
    lines.push(
      '',
      study.experiment.title,
      '',
      resultsTable({ study, records, dir }, { from: process.cwd(), ...width }),
    );
    lines.push('', shown(resultsPath), ...(advice === undefined ? [] : [advice]));
  }
  const failures = await failuresText(outcomes);
  if (failures !== '') lines.push('', failures);
  if (studies.length > 1) {
    lines.push('');
    for (const study of studies) {
      const outcome = outcomes.find((each) => each.study === study);
      lines.push(`${study.name}: ${outcome ? countsText(outcome.records) : 'not started'}`);
    }
  }
  process.stdout.write(`${lines.join('\n')}\n`);
  const states = new Set(outcomes.map(({ status }) => status));
  if (states.has('interrupted')) return EXIT_INTERRUPTED;
  return states.has('failed') || outcomes.length < studies.length ? 1 : 0;
}
