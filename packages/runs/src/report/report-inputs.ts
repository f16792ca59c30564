import { existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { MedganError, withCure } from '@medgan/files';
import { STUDY_FILES } from '@medgan/plugin-api';
import {
  type ConfigurationName,
  DEFAULT_CONFIGURATION,
  type Experiment,
  experimentFiles,
  findExperiment,
  type PublishedFigure,
  readExperiment,
  readStudyRecord,
  type Study,
  type StudyRecord,
} from '@medgan/experiment-registry';
import type { ReportInput, ReportRun } from '@medgan/pages';
import { jsonKey, PUBLISHED_METRICS } from '../evaluation/score-pairs.ts';
import { builtInPlugins } from '../plugins/plugins.ts';
import { holdsRun } from '../run/run-record.ts';
import { pluginsOfStudies } from '../trial/study-plugins.ts';
import { studyToShow } from '../trial/studies-to-show.ts';
import { reportRun } from './report-run.ts';
import { runInput, studyWithoutFile } from './run-input.ts';

/** What a report is to be of. */
export interface ReportRequest {
  /** Files or names of studies, and folders of studies, of runs, or that hold such; none: the studies of `experiments/`. */
  readonly targets: readonly string[];
  /** Folder of all runs, absolute: where studies that are named by their file have theirs. */
  readonly root: string;
  /** One configuration only; absent: those that were run. */
  readonly configuration?: ConfigurationName;
}

/** What was found for a report, and a line on each part that could not be read. */
export interface ReportInputs {
  readonly studies: readonly ReportInput[];
  readonly problems: readonly string[];
}

const CONFIGURATIONS: readonly ConfigurationName[] = ['quick', 'paper'];

/**
 * Reads what a report shows. What cannot be read is a problem, and keeps nobody from seeing the rest.
 * @throws MedganError for a target that is nothing of the kind, and where the only one cannot be read
 */
export async function reportInputs(request: ReportRequest): Promise<ReportInputs> {
  const { targets } = request;
  const sources = targets.length === 0 ? experimentFiles() : (await Promise.all(targets.map(partsOf))).flat();
  const studies: ReportInput[] = [];
  const problems: string[] = [];
  for (const source of [...new Set(sources)]) {
    try {
      studies.push(...(await inputsOf(source, request)));
    } catch (error) {
      if (!(error instanceof MedganError) || (targets.length > 0 && sources.length === 1)) throw error;
      problems.push(`${basename(source)}: ${withCure(error)}`);
    }
  }
  return { studies, problems };
}

const holdsStudy = (dir: string): boolean => existsSync(join(dir, STUDY_FILES.trials));
const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** A target as files of studies and folders of studies and runs. */
async function partsOf(target: string): Promise<string[]> {
  const dir = resolve(target);
  if (!isFolder(dir)) {
    if (/[\\/]/.test(target) && !existsSync(dir)) throw nothingAt(target);
    return [findExperiment(target)];
  }
  const isOne = (path: string): boolean => holdsStudy(path) || holdsRun(path);
  if (isOne(dir)) return [dir];
  const below = (await readdir(dir)).sort().map((name) => join(dir, name));
  const found = below.filter((path) => isFolder(path) && isOne(path));
  if (found.length > 0) return found;
  throw nothingAt(target);
}

const nothingAt = (target: string): MedganError =>
  new MedganError(existsSync(target) ? `${target} holds no run and no study` : `there is no ${target}`, {
    cure: 'give the folder of a run, of a study, or one that holds such folders; or the file of a study',
  });

async function inputsOf(source: string, request: ReportRequest): Promise<ReportInput[]> {
  if (!isFolder(source)) return inputsOfExperiment(readExperiment(source), request);
  return holdsStudy(source) ? [await studyInput(source)] : [await runInput(source)];
}

/** The configurations that were run; the default one where none was. */
async function inputsOfExperiment(
  experiment: Experiment,
  { root, configuration }: ReportRequest,
): Promise<ReportInput[]> {
  const plugins = await pluginsOfStudies([experiment], {});
  const has = CONFIGURATIONS.filter(
    (name) => name === DEFAULT_CONFIGURATION || experiment.configurations[name],
  );
  const wanted = has.filter((name) => configuration === undefined || name === configuration);
  const inputs: ReportInput[] = [];
  for (const name of wanted) {
    const study = studyToShow(experiment, { plugins, configuration: name });
    inputs.push(await inputOf(study, join(root, study.name)));
  }
  if (configuration !== undefined) return inputs;
  const run = inputs.filter(({ records }) => records.length > 0);
  return run.length > 0 ? run : inputs.slice(0, 1);
}

/** A study by its folder; its file is looked for in `experiments/`, and is not needed. */
async function studyInput(dir: string): Promise<ReportInput> {
  const record = readStudyRecord(dir)!;
  const experiment = experimentOf(record);
  if (experiment) {
    const plugins = await pluginsOfStudies([experiment], {});
    const configuration = record.configuration as ConfigurationName;
    return inputOf(studyToShow(experiment, { plugins, configuration }), dir);
  }
  const study = studyWithoutFile({
    name: basename(dir),
    configuration: record.configuration as ConfigurationName,
    trials: record.trials,
    title: record.experiment,
    question: 'The file of this study is not at hand: what it asks, and what was published, is not shown.',
  });
  const { command: _unknown, ...input } = await inputOf(study, dir);
  return input;
}

function experimentOf({ experiment }: StudyRecord): Experiment | undefined {
  try {
    return readExperiment(findExperiment(experiment));
  } catch (error) {
    if (!(error instanceof MedganError)) throw error;
    return undefined;
  }
}

async function inputOf(study: Study, dir: string): Promise<ReportInput & { readonly command: string }> {
  const records = readStudyRecord(dir)?.trials ?? [];
  const runs: ReportRun[] = [];
  for (const record of records) runs.push(await reportRun(record, join(dir, record.id)));
  return { study, records, runs, command: commandOf(study) };
}

/** A study of the folder `experiments` is known by its name, any other by its file. */
function commandOf({ experiment, configuration }: Study): string {
  const { file } = experiment.document;
  const named = /(^|[\\/])experiments[\\/][^\\/]+$/.test(file) ? experiment.name : file;
  return configuration === DEFAULT_CONFIGURATION
    ? `medgan experiment run ${named}`
    : `medgan experiment run ${named} --configuration ${configuration} --data <folder of images>`;
}

/** Names, units and directions of the published metrics, for studies without published figures. */
export function describeMetrics(): Record<string, PublishedFigure> {
  const { pairMetrics } = builtInPlugins();
  return Object.fromEntries(
    PUBLISHED_METRICS.map((metric) => {
      const { title, unit, direction } = pairMetrics.get(metric);
      return [jsonKey(metric), { name: title, ...(unit !== undefined && { unit }), better: direction }];
    }),
  );
}
