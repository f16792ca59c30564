import { plural } from '@medgan/files';
import { join, relative, resolve } from 'node:path';
import { type Clock, TRIAL_FILES } from '@medgan/plugin-api';
import {
  type HandIn,
  type Identify,
  lastLines,
  type Launch,
  runExperiment,
  type Study,
  type StudyEvent,
  type StudyOutcome,
} from '@medgan/experiment-registry';
import { isQuiet } from '../notes.ts';
import { PlainView, viewFor, type Screen, type StudyView } from './study-view.ts';

export interface RunStudiesOptions {
  /** Folder of all runs. */
  readonly out: string;
  readonly jobs: number;
  readonly onFailure: 'continue' | 'stop';
  readonly force: boolean;
  readonly launch: Launch;
  /** Given: trials are handed in by it, and none is waited for. */
  readonly handIn?: HandIn;
  /** Whether the jobs of trials outlive this process. */
  readonly outlives: boolean;
  readonly identify: Identify;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly screen: Screen;
  /** Receives everything that happens to the trials, as the screen does. */
  readonly listeners: readonly ((event: StudyEvent) => void)[];
}

const STOPPING = 'stopping after this step; Ctrl-C again ends at once, without saving';
const STOPPING_JOBS = 'the jobs are asked to save and to end; Ctrl-C again leaves them to it';

/**
 * Runs studies one after another, until one is interrupted, or fails where that is to stop. The data of every trial are
 * found before the first one starts.
 */
export async function runStudies(
  studies: readonly Study[],
  options: RunStudiesOptions,
): Promise<StudyOutcome[]> {
  const { out, screen, clock, jobs, signal, listeners, onFailure } = options;
  for (const study of studies) for (const trial of study.trials) await options.identify(trial);
  const outcomes: StudyOutcome[] = [];
  let view: StudyView = new PlainView({ screen, jobs });
  const stopping = (): void => view.print(options.outlives ? STOPPING_JOBS : STOPPING);
  signal.addEventListener('abort', stopping, { once: true });
  for (const study of studies) {
    if (signal.aborted) break;
    const count = plural(study.trials.length, 'trial');
    if (!isQuiet()) {
      screen.write(`\n${study.experiment.title}: ${count}, configuration ${study.configuration}\n`);
    }
    const shown = (view = viewFor({ screen, clock, jobs }));
    try {
      const outcome = await runExperiment(study, {
        ...options,
        root: resolve(out),
        onEvent: (event) => {
          shown.take(event);
          for (const listener of listeners) listener(event);
        },
      });
      outcomes.push(outcome);
      if (outcome.status === 'failed' && onFailure === 'stop') break;
    } finally {
      shown.close();
    }
  }
  signal.removeEventListener('abort', stopping);
  return outcomes;
}

const TAIL_LINES = 8;

/** What failed, with the last words of each trial's log; '' when nothing did. */
export async function failuresText(outcomes: readonly StudyOutcome[]): Promise<string> {
  const parts: string[] = [];
  for (const { study, dir, records } of outcomes) {
    for (const { id, label, state, result } of records) {
      if (state !== 'failed') continue;
      const log = join(dir, id, TRIAL_FILES.log);
      const lines = await lastLines(log, TAIL_LINES);
      parts.push(
        `${study.name}, ${label}: ${result?.reason ?? 'failed'}`,
        ...lines.map((line) => `  | ${line}`),
        ...(lines.length > 0 ? [`  the whole log: ${shown(log)}`] : []),
      );
    }
  }
  return parts.join('\n');
}

/** A path as people write it who stand here. */
export function shown(path: string): string {
  const short = relative(process.cwd(), path) || '.';
  return short.startsWith('..') ? path : short;
}
