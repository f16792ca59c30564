import { join } from 'node:path';
import type { TrainResult } from '@medgan/trainer';
import { checkControl, type CheckedControl } from '../control/read-control.ts';
import { executeRun, type ExecuteRequest } from './execute-run.ts';
import type { TrialListener } from '../trial/train-trial.ts';

/** A control file whose run takes about a second: eight grey images, two steps per epoch, networks of width 1. */
export const SMALL_CONTROL = {
  arch: 'dcgan',
  dataset: 'synthetic-lesions',
  dataset_options: { count: 8 },
  classes: ['melanoma'],
  cache: '',
  seed: 7,
  engine: 'onnx',
  threads: 1,
  image_size: 64,
  number_channels: 1,
  gen_feature_maps: 1,
  dis_feature_maps: 1,
  latent_vector: 2,
  batch_size: 4,
  num_epochs: 2,
  sample_count: 4,
  log_every: 1,
  sample_every: 2,
  checkpoint_every: 2,
  keep_checkpoints: 3,
};

/** A reporter that keeps what it is given. */
export class Listener implements TrialListener {
  readonly notes: string[] = [];
  readonly warnings: string[] = [];
  readonly phases: string[] = [];
  steps = 0;
  /** Called after each step. */
  afterStep: (step: number) => void = () => undefined;

  onNote(message: string): void {
    this.notes.push(message);
  }
  onWarning(message: string): void {
    this.warnings.push(message);
  }
  onPhase(text: string): void {
    this.phases.push(text);
  }
  onStep({ step }: { readonly step: number }): void {
    this.steps = step;
    this.afterStep(step);
  }
  onData(): void {}
  onCompiled(): void {}
  onFile(): void {}
}

/** The small control file with some keys changed, resolved; its run lies in `<out>/run`. */
export const smallRun = (out: string, changes: object = {}): Promise<CheckedControl> =>
  checkControl({ ...SMALL_CONTROL, out, ...changes }, { set: [], source: join(out, 'small.yaml') });

/** Trains the small run. */
export async function trainSmall(
  checked: CheckedControl,
  request: Partial<Omit<ExecuteRequest, keyof CheckedControl>> = {},
): Promise<TrainResult> {
  const { signal } = new AbortController();
  return executeRun({
    ...checked,
    reporter: new Listener(),
    signal,
    existing: { kind: 'refuse' },
    ...request,
  });
}

/** Trains a run until it is interrupted after a step. */
export function interruptAfter(
  step: number,
  checked: CheckedControl,
  request: Pick<Partial<ExecuteRequest>, 'onFinished'> = {},
): Promise<TrainResult> {
  const stop = new AbortController();
  const reporter = new Listener();
  reporter.afterStep = (done) => {
    if (done === step) stop.abort();
  };
  return trainSmall(checked, { ...request, reporter, signal: stop.signal });
}
