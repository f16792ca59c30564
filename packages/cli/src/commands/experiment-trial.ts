import { resolve } from 'node:path';
import { openTrial, systemClock, trainTrial } from '@medgan/runs';
import { startFollower } from '@medgan/tracking';
import { openParentChannel } from '../experiment/parent-channel.ts';
import { TrialReporter } from '../experiment/trial-reporter.ts';
import { EXIT_INTERRUPTED } from '../interrupt.ts';
import { MEDGAN_FILE } from '../medgan-file.ts';

export interface TrialOptions {
  readonly anew: boolean;
  readonly threads?: number;
}

/** `medgan experiment trial <folder>`: what a launcher runs, in a process of its own. */
export async function experimentTrialCommand(dir: string, options: TrialOptions): Promise<number> {
  const trial = await openTrial(resolve(dir));
  const channel = openParentChannel();
  const reporter = new TrialReporter(channel, { clock: systemClock, logEvery: trial.control.log_every });
  try {
    const status = await trainTrial(trial, {
      ...options,
      reporter,
      signal: channel.signal,
      follow: (runDir) => startFollower(runDir, { program: MEDGAN_FILE, env: process.env, reporter }),
    });
    return status === 'interrupted' ? EXIT_INTERRUPTED : 0;
  } finally {
    channel.close();
  }
}
