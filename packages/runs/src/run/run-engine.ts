import { resolveEngine, type Resolution } from '@medgan/engine';
import type { ResolvedRun } from '../control/resolve-control.ts';
import type { RunReporter } from './run-reporter.ts';
import { systemClock } from './system-clock.ts';

/** Starts the engine that is asked for, and warns when a GPU was asked for and none can be used. */
export async function startRunEngine(
  { engines, threads, wantsGpu }: Pick<ResolvedRun, 'engines' | 'threads' | 'wantsGpu'>,
  reporter: Pick<RunReporter, 'onWarning'>,
): Promise<Resolution> {
  const resolution = await resolveEngine(engines, { threads, monotonic: () => systemClock.monotonic() });
  const { engine, passedOver } = resolution;
  if (wantsGpu && engine.accelerator === 'cpu' && passedOver.length > 0) {
    const reasons = passedOver.map(({ engine: name, reason }) => `${name}: ${reason}`).join('; ');
    reporter.onWarning(
      `n_gpu asks for a GPU, but none can be used here (${reasons}); computing on ${engine.device}`,
    );
  }
  return resolution;
}
