import { relative } from 'node:path';
import { UsageError, plural } from '@medgan/files';
import { EXIT_INTERRUPTED, untilInterrupted } from '../interrupt.ts';
import {
  checkControl,
  type CheckedControl,
  checkedRun,
  duration,
  executeRun,
  figureTitle,
  type Existing,
  EXTENDABLE,
  finishedAs,
  readControl,
  readRunRecord,
  openRun,
  type OpenOptions,
  readText,
  readGeneratorControl,
  type Generation,
} from '@medgan/runs';
import { startFollower } from '@medgan/tracking';
import { MEDGAN_FILE } from '../medgan-file.ts';
import { TerminalReporter } from '../terminal.ts';
import { generate } from './generate.ts';

export interface RunOptions {
  readonly set: readonly string[];
  readonly force: boolean;
  readonly resume: boolean;
  readonly extend: readonly string[];
}

export interface ResumeOptions extends OpenOptions {
  readonly extend: readonly string[];
}

/** The control keys that `--extend` names. @throws UsageError for one that would change the run's numbers. */
function extendedKeys(extend: readonly string[]): string[] {
  const keys = extend.map((text) => text.split('=')[0]!);
  const refused = keys.find((key) => !EXTENDABLE.includes(key));
  if (refused !== undefined) {
    throw new UsageError(
      `--extend ${refused}: only ${EXTENDABLE.join(' and ')} may change in a run that goes on`,
      {
        cure: 'start a run of another name for other settings',
      },
    );
  }
  return keys;
}

/** `medgan run <control.yaml>`: trains one GAN, or goes on with it; `arch: Generator` draws images instead. */
export async function runCommand(file: string, options: RunOptions): Promise<number> {
  const images = readGeneratorControl(
    { file, text: await readText(file), force: options.force },
    options.set,
  );
  if (images) return drawImages(images, options);
  const extended = extendedKeys(options.extend);
  const existing: Existing =
    options.resume || extended.length > 0
      ? { kind: 'resume', extended }
      : { kind: options.force ? 'replace' : 'refuse' };
  return carryOut(await readControl(file, [...options.set, ...options.extend]), existing);
}

function drawImages(images: Generation, { resume, extend }: RunOptions): Promise<number> {
  if (resume || extend.length > 0) {
    throw new UsageError('images are drawn anew, not resumed', { cure: 'leave --resume and --extend out' });
  }
  return generate(images);
}

/** `medgan resume <run-dir>`: goes on with a run as its folder describes it. */
export async function resumeCommand(runDir: string, options: ResumeOptions): Promise<number> {
  const extended = extendedKeys(options.extend);
  const { control } = await openRun(runDir, options);
  const checked = await checkControl(control, { set: options.extend, source: `${runDir}/config.yaml` });
  return carryOut({ ...checked, run: { ...checked.run, runDir } }, { kind: 'resume', extended });
}

/** A run goes on with the figure that it was begun with, though another is the default by now. */
async function asBegun(checked: CheckedControl): Promise<CheckedControl> {
  const { control, run, plugins } = checked;
  const begun = (await readRunRecord(run.runDir)).resolved.bestMetric;
  const isDefault = control.best_metric === undefined && run.figure !== undefined;
  if (!isDefault || begun === undefined || begun === run.figure.name) return checked;
  const asBefore = { ...control, best_metric: begun };
  return {
    control: asBefore,
    plugins,
    notes: [],
    run: { ...checkedRun(asBefore, plugins, run.runDir), runDir: run.runDir },
  };
}

async function carryOut(checked: CheckedControl, existing: Existing): Promise<number> {
  const { control, run, plugins } = existing.kind === 'resume' ? await asBegun(checked) : checked;
  const reporter = new TerminalReporter({ stream: process.stdout, logEvery: control.log_every });
  for (const note of checked.notes) reporter.onWarning(note);
  const shown = (path: string): string => {
    const short = relative(process.cwd(), path) || '.';
    return short.startsWith('..') ? path : short;
  };
  const finished = existing.kind === 'resume' ? await finishedAs({ control, run }) : undefined;
  if (finished) {
    reporter.onNote(
      `${shown(run.runDir)} is finished: all ${finished.totalSteps} steps are done; train longer with --extend num_epochs=… or max_steps=…`,
    );
    return 0;
  }
  const work = async (signal: AbortSignal): Promise<number> => {
    const result = await executeRun({
      control,
      run,
      plugins,
      reporter,
      signal,
      existing,
      follow: (runDir) => startFollower(runDir, { program: MEDGAN_FILE, env: process.env, reporter }),
    });
    const place = shown(run.runDir);
    if (result.state === 'interrupted') {
      reporter.onNote(
        result.checkpoint === undefined
          ? 'interrupted before the first step; nothing to save'
          : `interrupted after step ${result.steps} of ${result.totalSteps}; go on with: medgan resume ${place}`,
      );
      return EXIT_INTERRUPTED;
    }
    if (result.state === 'diverged') {
      reporter.onNote(`diverged: ${result.reason ?? 'weights are not finite'}; everything is in ${place}/`);
      reporter.onNote(
        result.checkpoint === undefined
          ? '  no checkpoint was written: the weights were never finite'
          : `  last checkpoint with finite weights: ${shown(result.checkpoint)}`,
      );
      return 1;
    }
    reporter.onNote(
      `${plural(result.steps, 'step')} in ${duration(result.seconds)}; everything is in ${place}/`,
    );
    reporter.onNote(`  real beside generated: ${place}/real-fake-grid.png`);
    reporter.onNote(`  losses:                ${place}/loss.svg`);
    reporter.onNote(`  what next:             medgan evaluate ${place}`);
    reporter.onNote(`                         medgan generate --checkpoint ${place} --out images`);
    const { best } = result;
    if (best) {
      reporter.onNote(
        `  checkpoints:           last step ${result.steps}, best step ${best.step} (${figureTitle(best.metric, plugins)} ${best.value.toFixed(4)})`,
      );
    }
    return 0;
  };
  return untilInterrupted(work, {
    onFirst: () => reporter.onNote('stopping after this step; Ctrl-C again ends at once, without saving'),
    onBrokenOff: () => reporter.onNote('interrupted while the images were read; nothing to save'),
  });
}
