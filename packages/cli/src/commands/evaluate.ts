import { resolve } from 'node:path';
import { defined, UsageError } from '@medgan/files';
import {
  type CheckpointChoice,
  chooseFeatures,
  evaluateRun,
  evaluationText,
  openRun,
  type OpenOptions,
  type Protocol,
  USUAL_FEATURES,
  usualPairMetrics,
  withRunAtWork,
} from '@medgan/runs';
import { TerminalReporter } from '../terminal.ts';

export interface EvaluateOptions extends Omit<CheckpointChoice, 'allowNonFinite'>, OpenOptions {
  readonly protocol: Protocol;
  readonly offByOne: boolean;
  readonly features: readonly string[];
  readonly fakes: number;
  readonly reals: number;
  readonly against?: string;
  readonly seed: number;
  readonly json: boolean;
  readonly allowNan: boolean;
}

/** `medgan evaluate <run-dir>`: judges a run's images, writes its `metrics.json`, and prints the tables. */
export async function evaluateCommand(runDir: string, options: EvaluateOptions): Promise<number> {
  const { features, fakes, reals, against, json, allowNan, data, ...rest } = options;
  if (against !== undefined && options.protocol !== 'all') {
    throw new UsageError(`--protocol ${options.protocol} compares no sets, so --against has no effect`, {
      cure: 'leave one of the two out',
    });
  }
  const opened = await openRun(resolve(runDir), defined({ data }));
  const { plugins } = opened;
  const names = features.length === 0 ? USUAL_FEATURES : features;
  // Progress and notes must not mix with what a pipe reads.
  const reporter = new TerminalReporter({ stream: process.stderr, logEvery: 1 });
  const context = { reporter, signal: new AbortController().signal };
  const request = {
    ...rest,
    ...context,
    allowNonFinite: allowNan,
    sets: {
      features: names.map((name) => chooseFeatures(name, plugins)),
      fakes,
      reals,
      ...defined({ against }),
    },
    onProgress: (what: string, done: number, total: number) =>
      reporter.onCount({ what, done, total, rate: 0 }),
  };
  const evaluation = await withRunAtWork(opened, context, (run) => evaluateRun(run, request));
  process.stdout.write(
    `${json ? JSON.stringify(evaluation) : evaluationText(evaluation, { plugins, metrics: usualPairMetrics(plugins), runDir })}\n`,
  );
  return 0;
}
