import { EngineError } from '../engine-error.ts';
import { tf } from '../tf.ts';
import { EagerEngine, type EagerBackend } from './eager-engine.ts';
import { nameKernelErrors } from './kernel-errors.ts';

/** Initialises a TF.js backend whose kernels are complete, and makes an engine of it. @throws EngineError */
export async function startBackend(backend: EagerBackend): Promise<EagerEngine> {
  nameKernelErrors(backend.backend, backend.engine);
  const isReady = await tf.setBackend(backend.backend);
  if (!isReady) throw new EngineError(`the TF.js backend ${backend.backend} did not start`);
  return new EagerEngine(backend);
}
