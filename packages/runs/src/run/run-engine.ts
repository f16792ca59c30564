import { resolveEngine, type Resolution } from '@medgan/engine';
import { defined } from '@medgan/files';
import type { ResolvedRun } from '../control/resolve-control.ts';
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
