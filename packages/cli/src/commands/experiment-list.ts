import { basename, join, resolve } from 'node:path';
import { defined, MedganError, withCure, plural } from '@medgan/files';
import {
  type ConfigurationName,
  type Experiment,
  experimentFiles,
  markdownTable,
  readExperiment,
  readStudyRecord,
} from '@medgan/experiment-registry';
import { pluginsOfStudies, studyToShow } from '@medgan/runs';

export interface ExperimentListOptions {
  readonly out: string;
  readonly json: boolean;
}

/** What there is of a study in one of its configurations. */
interface ListedConfiguration {
  readonly trials: number;
  /** Trials by state, as the runs have it; none when it was never run. */
  readonly states: Readonly<Record<string, number>>;
}

interface ListedExperiment {
  readonly name: string;
  readonly file: string;
  readonly question?: string;
  readonly configurations: Readonly<Partial<Record<ConfigurationName, ListedConfiguration>>>;
  /** Why it cannot be run. */
  readonly fault?: string;
}

const CONFIGURATIONS: readonly ConfigurationName[] = ['quick', 'paper'];

async function configurationsOf(
  experiment: Experiment,
  root: string,
): Promise<ListedExperiment['configurations']> {
  const plugins = await pluginsOfStudies([experiment], {});
  const has = CONFIGURATIONS.filter(
    (configuration) => configuration === 'quick' || experiment.configurations[configuration],
  );
  const listed = has.map((configuration) => {
    const { name, trials } = studyToShow(experiment, { plugins, configuration });
    const states: Record<string, number> = {};
    for (const { state } of readStudyRecord(join(root, name))?.trials ?? []) {
      states[state] = (states[state] ?? 0) + 1;
    }
    return [configuration, { trials: trials.length, states }] as const;
  });
  return Object.fromEntries(listed);
}

/** One experiment; a faulty one is listed with its fault, and keeps nobody from seeing the others. */
async function listed(file: string, root: string): Promise<ListedExperiment> {
  const name = basename(file, '.yaml');
  let question: string | undefined;
  try {
    const experiment = readExperiment(file);
    question = experiment.question;
    return { name, file, question, configurations: await configurationsOf(experiment, root) };
  } catch (error) {
    if (!(error instanceof MedganError)) throw error;
    const fault = withCure(error);
    return { name, file, ...defined({ question }), configurations: {}, fault };
  }
}

function configurationText(configuration: ListedConfiguration | undefined): string {
  if (!configuration) return '';
  const { trials, states } = configuration;
  const count = plural(trials, 'trial');
  const run = Object.entries(states).map(([state, number]) => `${number} ${state}`);
  return run.length === 0 ? count : `${count}: ${run.join(', ')}`;
}

/** `medgan experiment list`: every study, its trials, and how far they have come. */
export async function experimentListCommand({ out, json }: ExperimentListOptions): Promise<number> {
  const root = resolve(out);
  const experiments: ListedExperiment[] = [];
  for (const file of experimentFiles()) experiments.push(await listed(file, root));
  if (json) {
    process.stdout.write(`${JSON.stringify(experiments, undefined, 2)}\n`);
    return 0;
  }
  const columns = ['experiment', ...CONFIGURATIONS, 'question'];
  const rows = experiments.map(({ name, question = '', configurations, fault }) => [
    name,
    ...CONFIGURATIONS.map((each) => configurationText(configurations[each])),
    fault === undefined ? question : 'cannot run, see below',
  ]);
  const faults = experiments.flatMap(({ fault }) => (fault === undefined ? [] : [fault]));
  const table = markdownTable(
    columns.map((title) => ({ title, align: 'left' })),
    rows,
  );
  process.stdout.write(`${[table, ...faults].join('\n\n')}\n`);
  return 0;
}
