import { join } from 'node:path';
import { MedganError, takeLock } from '@medgan/files';
import { RUN_FILES } from '@medgan/plugin-api';

/**
 * Takes the run folder for this process; two processes writing into one would spoil both. A lock left behind by a
 * process that is gone is taken over. Returns the function that gives the folder back.
 * @throws MedganError when another process has it.
 */
export async function lockRun(runDir: string): Promise<() => Promise<void>> {
  const path = join(runDir, RUN_FILES.lock);
  const taken = await takeLock(path);
  if ('release' in taken) return taken.release;
  const { pid, host } = taken.holder;
  throw new MedganError(`${runDir} is being trained by process ${pid} on ${host}`, {
    cure: `wait for it, choose another run: name, or remove ${path} if that process is gone`,
  });
}
