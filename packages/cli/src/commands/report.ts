import { existsSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { defined, MedganError, withCure } from '@medgan/files';
import { RUN_FILES, STUDY_FILES } from '@medgan/plugin-api';
import {
  type ConfigurationName,
  DEFAULT_CONFIGURATION,
  type Experiment,
  experimentFiles,
  type PublishedFigure,
  readExperiment,
  readStudyRecord,
  type Study,
  type TrialRecord,
} from '@medgan/experiment-registry';
import { type ReportInput, type ReportRun, writeReport } from '@medgan/pages';
import {
  builtInPlugins,
  engineText,
  formatBytes,
  jsonKey,
  pluginsOfStudies,
  PUBLISHED_METRICS,
  readRunRecord,
  studyToShow,
} from '@medgan/runs';
import { note } from '../notes.ts';
import { guardOutput, type OutputKind } from '../guard-output.ts';

export interface ReportCommandOptions {
  readonly out: string;
  readonly runs: string;
  readonly configuration?: ConfigurationName;
  readonly dataNote?: string;
}

const CONFIGURATIONS: readonly ConfigurationName[] = ['quick', 'paper'];

const ifThere = (path: string): string | undefined => (existsSync(path) ? path : undefined);

/** What a run folder holds; a trial that never began has none of it. */
async function reportRun({ id, config }: TrialRecord, dir: string): Promise<ReportRun> {
  const [log, grid] = [ifThere(join(dir, RUN_FILES.log)), ifThere(join(dir, RUN_FILES.realFakeGrid))];
  const files = { id, ...(log ? { log } : {}), ...(grid ? { grid } : {}) };
  if (!existsSync(join(dir, RUN_FILES.record))) return files;
  const { data, engine } = await readRunRecord(dir);
  const { images, fingerprint, classes } = data;
  const folder = typeof config['path'] === 'string' ? ` ${basename(config['path'])}` : '';
  const threads = `${engine.threads} ${engine.threads === 1 ? 'thread' : 'threads'}`;
  return {
    ...files,
    data: {
      name: `${typeof config['dataset'] === 'string' ? config['dataset'] : 'images'}${folder}`,
      images,
      fingerprint,
      classes,
    },
    engine: `${engineText(engine)}, ${threads}`,
  };
}

const commandOf = ({ experiment, configuration }: Study): string =>
  configuration === DEFAULT_CONFIGURATION
    ? `medgan experiment run ${experiment.name}`
    : `medgan experiment run ${experiment.name} --configuration ${configuration} --data <folder of images>`;

async function reportInput(study: Study, root: string): Promise<ReportInput> {
  const dir = join(root, study.name);
  const records = readStudyRecord(dir)?.trials ?? [];
  const runs: ReportRun[] = [];
  for (const record of records) runs.push(await reportRun(record, join(dir, record.id)));
  return { study, records, runs, command: commandOf(study) };
}

/** The configurations that were run; the default one where none was. */
async function inputsOf(
  experiment: Experiment,
  { root, configuration }: { root: string; configuration: ConfigurationName | undefined },
): Promise<ReportInput[]> {
  const plugins = await pluginsOfStudies([experiment], {});
  const has = CONFIGURATIONS.filter(
    (name) => name === DEFAULT_CONFIGURATION || experiment.configurations[name],
  );
  const wanted = has.filter((name) => configuration === undefined || name === configuration);
  const inputs: ReportInput[] = [];
  for (const name of wanted) {
    inputs.push(await reportInput(studyToShow(experiment, { plugins, configuration: name }), root));
  }
  if (configuration !== undefined) return inputs;
  const run = inputs.filter(({ records }) => records.length > 0);
  return run.length > 0 ? run : inputs.slice(0, 1);
}

/** Names, units and directions of the published metrics, for studies without published figures. */
function describeMetrics(): Record<string, PublishedFigure> {
  const { pairMetrics } = builtInPlugins();
  return Object.fromEntries(
    PUBLISHED_METRICS.map((metric) => {
      const { title, unit, direction } = pairMetrics.get(metric);
      return [jsonKey(metric), { name: title, ...(unit !== undefined && { unit }), better: direction }];
    }),
  );
}

/** The page names the program in its first lines, the text begins with its heading. */
const REPORT: OutputKind = {
  name: 'a report of medgan',
  isOne: (start) =>
    start.includes('<title>MedImageGAN') || start.includes('# Our figures beside the published ones'),
};

/** `medgan report`: `index.html` and `RESULTS.md` out of the experiments and their run folders. */
export async function reportCommand(options: ReportCommandOptions): Promise<number> {
  const [out, root] = [resolve(options.out), resolve(options.runs)];
  for (const name of ['index.html', STUDY_FILES.results]) await guardOutput(join(out, name), REPORT, true);
  const studies: ReportInput[] = [];
  const problems: string[] = [];
  for (const file of experimentFiles()) {
    try {
      const experiment = readExperiment(file);
      studies.push(...(await inputsOf(experiment, { root, configuration: options.configuration })));
    } catch (error) {
      // A study that cannot be read is named on the page; the others are shown.
      if (!(error instanceof MedganError)) throw error;
      problems.push(`${basename(file)}: ${withCure(error)}`);
    }
  }
  const { htmlPath, htmlBytes, markdownPath } = await writeReport({
    studies,
    out,
    describe: describeMetrics(),
    problems,
    ...defined({ dataNote: options.dataNote }),
  });
  const here = (path: string): string => relative(process.cwd(), path) || path;
  for (const problem of problems) process.stderr.write(`left out: ${problem}\n`);
  const run = studies.filter(({ records }) => records.length > 0).length;
  note(
    `${studies.length} studies, ${run} of them run\n${here(htmlPath)}, ${formatBytes(htmlBytes)}, one file\n${here(markdownPath)}`,
  );
  return problems.length > 0 ? 1 : 0;
}
