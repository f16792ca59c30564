import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { MedganError } from '@medgan/files';
import {
  jobsWith,
  launchWith,
  parseOverrides,
  type Experiment,
  type HandIn,
  type Launch,
  type Study,
  type StudyLauncher,
} from '@medgan/experiment-registry';
import { parseOptions, type Launcher, type Plugins } from '@medgan/plugin-api';
import { systemClock } from '@medgan/runs';
import { MEDGAN_FILE } from '../medgan-file.ts';
import { chooseLauncher } from './choose-launcher.ts';

/** What the command line says of where trials run. */
export interface LauncherRequest {
  readonly launcher?: string;
  readonly launcherOption: readonly string[];
  readonly jobs?: number;
}

/** A launcher with its options, ready for trials. */
export interface OpenedLauncher {
  readonly launcher: Launcher;
  /** As its schema parsed them. */
  readonly options: object;
  /** Trials that it is given at a time. */
  readonly jobs: number;
  readonly launch: Launch;
  /** Hands trials in without waiting for them. @throws MedganError where the launcher's jobs end with this process. */
  readonly handIn: HandIn;
  /** Asks whether the machines would take the trials of a study. @throws MedganError when not. */
  readonly check: (study: Study, root: string) => Promise<void>;
}

/** The launcher of the command line, or the one that all studies name; `local` where nobody names one. */
export async function openLauncher(
  request: LauncherRequest,
  { experiments, plugins }: { readonly experiments: readonly Experiment[]; readonly plugins: Plugins },
): Promise<OpenedLauncher> {
  const named = namedBy(request, experiments);
  const launcher = await chooseLauncher(named.name, plugins);
  const options = parseOptions<object>(`launcher ${launcher.name}`, launcher.options, named.options);
  const jobs = request.jobs ?? (launcher.atOnce === 'all' ? Infinity : 1);
  const cores = launcher.cores?.(options) ?? Math.max(1, Math.floor(availableParallelism() / jobs));
  const parts: Parameters<typeof jobsWith>[0] = {
    threads: ({ config: { threads } }) => (typeof threads === 'number' ? threads : cores),
    command: ({ dir, anew, threads }) => [
      process.execPath,
      ...process.execArgv,
      MEDGAN_FILE,
      ...['experiment', 'trial', dir, '--threads', String(threads)],
      ...(anew ? ['--anew'] : []),
    ],
  };
  const jobOf = jobsWith(parts);
  return {
    launcher,
    options,
    jobs,
    launch: launchWith({ launcher, options, clock: systemClock, ...parts }),
    handIn: (trials) =>
      queueOf(launcher).submit(
        trials.map(({ trial, dir, anew }) => jobOf(trial, { dir, anew })),
        options,
      ),
    check: async ({ name, trials }, root) => {
      const [trial] = trials;
      if (trial)
        await launcher.check?.(jobOf(trial, { dir: join(root, name, trial.id), anew: false }), options);
    },
  };
}

/** @throws MedganError where the launcher has no queue. */
export function queueOf({ name, queue }: Launcher): NonNullable<Launcher['queue']> {
  if (queue) return queue;
  throw new MedganError(`the jobs of the launcher ${name} end with the process that runs the study`, {
    cure: 'leave --detach out, or name a launcher with a queue: --launcher slurm',
  });
}

function namedBy(
  { launcher, launcherOption }: LauncherRequest,
  experiments: readonly Experiment[],
): StudyLauncher {
  const given = parseOverrides(launcherOption, '--launcher-option');
  if (launcher !== undefined) return { name: launcher, options: given };
  const studies = experiments.map((experiment) => experiment.launcher ?? { name: 'local', options: {} });
  const [first = { name: 'local', options: {} }] = studies;
  if (studies.some((each) => JSON.stringify(each) !== JSON.stringify(first))) {
    throw new MedganError('the studies name different launchers', {
      cure: 'run them one by one, or name one launcher for all: --launcher slurm',
    });
  }
  return { name: first.name, options: { ...first.options, ...given } };
}
