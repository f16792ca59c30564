import { ENGINE_NAMES, resolveEngine, type Resolution } from '@medgan/engine';
import { defined } from '@medgan/files';
import type { ControlFile } from '../control/control-schema.ts';
import type { ResolvedRun } from '../control/resolve-control.ts';
import type { EngineRecord } from './run-record.ts';
import type { RunReporter } from './run-reporter.ts';
import { systemClock } from './system-clock.ts';

/** The engine that a run asks for. */
export interface RunEngineRequest extends Pick<
  ResolvedRun,
  'engines' | 'threads' | 'wantsGpu' | 'precision'
> {
  /** Called once for each reason why the engine native leaves a step to ONNX Runtime. */
  readonly onFallback?: (reason: string) => void;
}

/**
 * A run goes on with, and is judged on, the engine and the threads that it was begun with where its control file names
 * none, though another engine is the default by now or the machine has a GPU.
 */
export function computedAsBegun(
  run: ResolvedRun,
  { control, begun }: { readonly control: ControlFile; readonly begun: EngineRecord },
): ResolvedRun {
  const former = ENGINE_NAMES.find((name) => name === begun.name);
  const { threads = begun.threads, precision = begun.precision } = control;
  const others = run.engines.filter((name) => name !== former);
  return {
    ...run,
    engines: control.engine === undefined && former !== undefined ? [former, ...others] : run.engines,
    threads,
    ...defined({ precision }),
  };
}

/** Says that a faster engine could not be started, where `engine` is taken in its place. */
export function noteSlowerEngine(
  { engine, passedOver }: Resolution,
  reporter: Pick<RunReporter, 'onNote'>,
): void {
  const native = passedOver.find(({ engine: name }) => name === 'native');
  if (!native || engine.accelerator === 'gpu') return;
  reporter.onNote(`${engine.name} computes, because ${native.reason}; native is faster: see medgan doctor`);
}

/**
 * Starts the engine that is asked for. Warns when a GPU was asked for and none can be used, and when the engine native
 * leaves a step to ONNX Runtime.
 */
export async function startRunEngine(
  { engines, threads, precision, wantsGpu, onFallback }: RunEngineRequest,
  reporter: Pick<RunReporter, 'onWarning'>,
): Promise<Resolution> {
  const resolution = await resolveEngine(engines, {
    threads,
    ...defined({ precision }),
    monotonic: () => systemClock.monotonic(),
    onFallback: (reason) => {
      reporter.onWarning(`the engine native leaves a step to ONNX Runtime, which is slower: ${reason}`);
      onFallback?.(reason);
    },
  });
  const { engine, passedOver } = resolution;
  if (wantsGpu && engine.accelerator === 'cpu' && passedOver.length > 0) {
    const reasons = passedOver.map(({ engine: name, reason }) => `${name}: ${reason}`).join('; ');
    reporter.onWarning(
      `n_gpu asks for a GPU, but none can be used here (${reasons}); computing on ${engine.device}`,
    );
  }
  return resolution;
}
