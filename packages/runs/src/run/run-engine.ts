import { resolveEngine, type Resolution } from '@medgan/engine';
import type { ResolvedRun } from '../control/resolve-control.ts';
import type { RunReporter } from './run-reporter.ts';
import { systemClock } from './system-clock.ts';

/** Starts the engine that is asked for, and warns once when a GPU was wanted and none can be used. */
export async function startRunEngine(
  { engines, threads, wantsGpu }: Pick<ResolvedRun, 'engines' | 'threads' | 'wantsGpu'>,
  reporter: Pick<RunReporter, 'onWarning'>,
): Promise<Resolution> {
  const resolution = await resolveEngine(engines, { threads, monotonic: () => systemClock.monotonic() });
  if (wantsGpu && resolution.engine.name === 'onnx' && resolution.engine.device.startsWith('CPU')) {
    const reasons = resolution.passedOver.map(({ engine, reason }) => `${engine}: ${reason}`).join('; ');
    reporter.onWarning(
      `n_gpu asks for a GPU, but none can be used here (${reasons}); computing on ${resolution.engine.device}`,
    );
  }
  return resolution;
}
