import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '@medgan/files';
import { trackingDir } from './folder-key.ts';

/** Set for the processes of a study's trials, whose folders are followed already. */
export const FOLLOWED = 'MEDGAN_MLFLOW_FOLLOWED';

/** How long the end of training waits for the last points to arrive, in milliseconds; then they go on alone. */
const PATIENCE = 5000;

/** Receives messages about tracking, for the terminal that trains. */
export interface FollowerReporter {
  onNote(message: string): void;
  onWarning(message: string): void;
}

/** How the process is started that follows a folder. */
export interface FollowerOptions {
  /** The file of the command line `medgan`, which Node runs. */
  readonly program: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly reporter: FollowerReporter;
}

/** A process that sends a folder to MLflow while it grows. */
export interface Follower {
  /** Signals the end of training, waits a moment for the rest to be sent, and reports how to send what is left. */
  end(): Promise<void>;
}

/**
 * Starts a process that follows a run or study folder, if MLFLOW_TRACKING_URI names a server and no other process
 * follows the folder. The process only reads what training writes, so a server that is slow, hangs or fails cannot
 * affect training, and the end of a killed training process is still reported. Never throws.
 */
export function startFollower(
  dir: string,
  { program, env, reporter }: FollowerOptions,
): Follower | undefined {
  const uri = env['MLFLOW_TRACKING_URI'];
  if (!uri || env[FOLLOWED]) return undefined;
  if (!/^https?:\/\//.test(uri)) {
    reporter.onWarning(
      `MLFLOW_TRACKING_URI=${uri} is not the address of a server (http://…), so nothing is tracked; ` +
        `once a server runs: MLFLOW_TRACKING_URI=http://… medgan mlflow sync ${dir}`,
    );
    return undefined;
  }
  try {
    const child = spawnFollower(dir, { program, env });
    reporter.onNote(`tracked in MLflow at ${new URL(uri).origin} by process ${child.pid}`);
    return { end: () => ended(child, { dir, reporter }) };
  } catch (error) {
    reporter.onWarning(
      `this run is not tracked in MLflow: ${messageOf(error)}; later: medgan mlflow sync ${dir}`,
    );
    return undefined;
  }
}

function spawnFollower(dir: string, { program, env }: Omit<FollowerOptions, 'reporter'>): ChildProcess {
  mkdirSync(trackingDir(dir), { recursive: true });
  const log = openSync(join(trackingDir(dir), 'follower.log'), 'a');
  try {
    // Outside the terminal's process group: Ctrl-C ends training, but this process still has to report that.
    const child = spawn(process.execPath, [program, 'mlflow', 'sync', '--watch', '--follow-parent', dir], {
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
      windowsHide: true,
      env,
    });
    child.on('error', () => undefined);
    child.unref();
    child.channel?.unref();
    if (child.pid !== undefined) yieldToTraining(child.pid);
    return child;
  } finally {
    closeSync(log);
  }
}

function yieldToTraining(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has already ended, or the system has no priorities; the process is small anyway.
  }
}

async function ended(
  child: ChildProcess,
  { dir, reporter }: { dir: string; reporter: FollowerReporter },
): Promise<void> {
  const code = await new Promise<number | null | undefined>((resolve) => {
    if (child.exitCode !== null) return resolve(child.exitCode);
    const timer = setTimeout(() => resolve(undefined), PATIENCE);
    child.once('exit', (exitCode) => {
      clearTimeout(timer);
      resolve(exitCode);
    });
    if (child.connected) child.disconnect();
  });
  if (code === 0) return reporter.onNote('all of it is in MLflow');
  const log = join(trackingDir(dir), 'follower.log');
  reporter.onWarning(
    code === undefined
      ? `not all of it is in MLflow yet; process ${child.pid} goes on a while. Later: medgan mlflow sync ${dir}`
      : `not all of it is in MLflow (${log} says why). Later: medgan mlflow sync ${dir}`,
  );
}
