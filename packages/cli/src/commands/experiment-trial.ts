import { resolve } from 'node:path';
import { runTrial, type RunTrialOptions } from '../experiment/run-trial.ts';
import { EXIT_INTERRUPTED } from '../interrupt.ts';

/** `medgan experiment trial <folder>`: what a launcher runs, in a process of its own. */
export async function experimentTrialCommand(dir: string, options: RunTrialOptions): Promise<number> {
  return (await runTrial(resolve(dir), options)) === 'interrupted' ? EXIT_INTERRUPTED : 0;
}
