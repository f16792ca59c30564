import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createRng, validateOptions, type Fault } from '@medgan/plugin-api';
import {
  expandExperiment,
  parseOverrides,
  readExperiment,
  resultsTable,
  runExperiment,
  type ControlRules,
  type LaunchContext,
  type StudyEvent,
  type Trial,
  type TrialIdentity,
  type TrialResult,
} from '@medgan/registry';
import type { LoggedValues } from '@medgan/trainer';
import { CONTROL_SCHEMA, type ControlFile } from '../control-schema.ts';
import { evaluateRun } from '../evaluation/evaluate-run.ts';
import { PUBLISHED_METRICS, jsonKey } from '../evaluation/score-pairs.ts';
import { executeRun, openImages } from '../execute-run.ts';
import { EXIT_INTERRUPTED, interruptSignal } from '../interrupt.ts';
import { builtInPlugins, type Plugins } from '../plugins.ts';
import { resolveControl, type ResolvedRun } from '../resolve-control.ts';
import { TerminalReporter, duration } from '../terminal.ts';

export interface ExperimentRunOptions {
  readonly configuration: string;
  readonly data?: string;
  readonly out: string;
  readonly set: readonly string[];
  readonly force: boolean;
}

/** Nx runs a target from the workspace's root; a relative folder is meant from where the user stood. */
const fromWhereCalled = (folder: string): string => resolve(process.env['INIT_CWD'] ?? process.cwd(), folder);

/** What a control file must be, for the registry, which knows nothing of it. */
function controlRules(plugins: Plugins): ControlRules {
  return {
    complete: (config) => {
      const folder = process.env['MEDGAN_DATA'];
      const wants = config['dataset'] === 'image-folder' && config['path'] === undefined && folder;
      return wants ? { ...config, path: fromWhereCalled(folder) } : config;
    },
    validate: (config): readonly Fault[] => {
      const { value, faults } = validateOptions<ControlFile>(CONTROL_SCHEMA, config);
      return faults.length > 0 ? faults : resolveControl(value, plugins).faults.map(naming);
    },
  };
}

/** A study is given its folder by an option, not by a key of the file. */
const naming = (fault: Fault): Fault =>
  fault.path[0] === 'path'
    ? { ...fault, cure: 'name a folder with --data <folder>, or set MEDGAN_DATA' }
    : fault;

/** The trials of a study as runs. */
class Trials {
  readonly #plugins: Plugins;
  readonly #signal: AbortSignal;
  readonly #force: boolean;
  readonly #fingerprints = new Map<string, Promise<string>>();

  constructor(plugins: Plugins, { signal, force }: { signal: AbortSignal; force: boolean }) {
    this.#plugins = plugins;
    this.#signal = signal;
    this.#force = force;
  }

  #resolved(trial: Trial): { control: ControlFile; run: ResolvedRun } {
    const control = validateOptions<ControlFile>(CONTROL_SCHEMA, { ...trial.config, run: trial.id }).value;
    return { control, run: resolveControl(control, this.#plugins).run! };
  }

  /** Trials that differ in the network only share their data, which is opened once. */
  async identify(trial: Trial): Promise<TrialIdentity> {
    const { control, run } = this.#resolved(trial);
    const { dataset, ...data } = run.data;
    const key = JSON.stringify([dataset.name, data, run.config.sizes, run.config.seed]);
    const known = this.#fingerprints.get(key);
    const fingerprint = known ?? this.#fingerprint(control, run);
    this.#fingerprints.set(key, fingerprint);
    // Bytes are equal at equal engines and thread counts only.
    const { config, engines, threads } = run;
    return { config: { ...config, engines, threads }, data: await fingerprint };
  }

  async #fingerprint(control: ControlFile, run: ResolvedRun): Promise<string> {
    const reporter = new TerminalReporter({ stream: process.stdout, logEvery: control.log_every });
    const rng = createRng(run.config.seed).split('data');
    const images = await openImages(run, reporter, { rng, signal: this.#signal });
    await images.close();
    return images.fingerprint;
  }

  async launch(trial: Trial, { dir, signal }: LaunchContext): Promise<TrialResult> {
    const { control, run } = this.#resolved(trial);
    const begun = existsSync(join(dir, 'config.yaml'));
    const reporter = new TerminalReporter({
      stream: process.stdout,
      logEvery: control.log_every,
      prefix: trial.label,
    });
    const { final, ...result } = await executeRun({
      control,
      run: { ...run, runDir: dir },
      plugins: this.#plugins,
      reporter,
      signal,
      existing: begun && !this.#force ? { kind: 'resume', extended: [] } : { kind: 'replace' },
    });
    return {
      status: result.state,
      figures: {
        ...lossesOf(final),
        ...(result.state === 'finished' ? await this.#evaluate(dir, reporter) : {}),
      },
      steps: result.steps,
      ...(result.stepsPerSecond === undefined ? {} : { stepsPerSecond: result.stepsPerSecond }),
      seconds: result.seconds,
      grids: result.state === 'finished' ? ['real-fake-grid.png'] : [],
    };
  }

  /** The figures of the published tables, by the original's protocol, of the trial's last images. */
  async #evaluate(runDir: string, reporter: TerminalReporter): Promise<Record<string, number>> {
    const { original } = await evaluateRun({
      reporter,
      // It takes seconds, and a trial without its figures would have to be called failed.
      signal: new AbortController().signal,
      plugins: this.#plugins,
      runDir,
      checkpoint: 'last',
      protocol: 'original',
      offByOne: false,
      seed: 0,
    });
    return Object.fromEntries(
      PUBLISHED_METRICS.flatMap((name) => {
        const value = original!.values[jsonKey(name)]!.value;
        return value === null ? [] : [[jsonKey(name), value]];
      }),
    );
  }
}

/** The table has the losses; the log has the rest. */
const lossesOf = (values: LoggedValues | undefined): Record<string, number> =>
  values === undefined
    ? {}
    : {
        'loss/discriminator': values['loss/discriminator'],
        'loss/generator': values['loss/generator'],
      };

function tell({ kind, trial, ...event }: StudyEvent, total: number): void {
  const place = `trial ${event.index + 1} of ${total}, ${trial.label}`;
  if (kind === 'started') process.stdout.write(`\n${place}\n`);
  if (kind === 'kept') process.stdout.write(`\n${place}: finished before, kept (--force trains it again)\n`);
  if (kind === 'moved' && 'to' in event)
    process.stdout.write(`${place}: its folder held another run, moved to ${event.to}\n`);
  if (kind === 'ended' && 'record' in event) {
    const { state, result } = event.record;
    const how = result?.reason === undefined ? state : `${state}: ${result.reason}`;
    process.stdout.write(`${place}: ${how}${result ? `, ${duration(result.seconds)}` : ''}\n`);
  }
}

/** `medgan experiment run <experiment.yaml>`: every trial of a study, and a table of them. */
export async function experimentRunCommand(file: string, options: ExperimentRunOptions): Promise<number> {
  const plugins = builtInPlugins();
  const experiment = readExperiment(file);
  const data =
    options.data === undefined ? {} : { dataset: 'image-folder', path: fromWhereCalled(options.data) };
  const study = expandExperiment(experiment, {
    control: controlRules(plugins),
    configuration: options.configuration,
    overrides: { ...data, ...parseOverrides(options.set) },
  });
  process.stdout.write(
    `${experiment.title}: ${study.trials.length} trials, configuration ${study.configuration}\n`,
  );
  const { signal, release } = interruptSignal(() =>
    process.stdout.write('\nstopping after this step; Ctrl-C again ends at once, without saving\n'),
  );
  try {
    const trials = new Trials(plugins, { signal, force: options.force });
    const outcome = await runExperiment(study, {
      root: resolve(options.out),
      launch: (trial, context) => trials.launch(trial, context),
      identify: (trial) => trials.identify(trial),
      force: options.force,
      signal,
      onEvent: (event) => tell(event, study.trials.length),
    });
    const { records, dir, resultsPath } = outcome;
    process.stdout.write(`\n${resultsTable({ study, records, dir }, process.cwd())}\n\n${resultsPath}\n`);
    if (outcome.advice) process.stdout.write(`${outcome.advice}\n`);
    return outcome.status === 'interrupted' ? EXIT_INTERRUPTED : outcome.status === 'failed' ? 1 : 0;
  } finally {
    release();
  }
}
