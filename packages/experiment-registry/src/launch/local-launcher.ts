import { spawn, type ChildProcess } from 'node:child_process';
import { open } from 'node:fs/promises';
import { MedganError, messageOf } from '@medgan/files';
import { defineLauncher, type JobEnd, type JobMessage } from '@medgan/plugin-api';

/** What a launcher sends to a job over the channel between their processes. */
export interface StopRequest {
  readonly kind: 'stop';
}

/**
 * Runs every job in a process of its own on this machine: one that crashes, or that the system kills for its memory,
 * harms no other. The processes stand outside the terminal's group, so that Ctrl-C reaches them once, through us; they
 * notice when we are gone, and then save and end.
 */
export const localLauncher = defineLauncher({
  name: 'local',
  summary: 'each trial in its own process on this machine',
  options: { type: 'object', additionalProperties: false, properties: {} },
  async launch(job, _options, { signal, onMessage }) {
    const log = await open(job.log, 'a');
    try {
      const [program, ...args] = job.command;
      const child = spawn(program, args, {
        stdio: ['ignore', log.fd, log.fd, 'ipc'],
        detached: process.platform !== 'win32',
        windowsHide: true,
      });
      child.on('message', (message) => onMessage(message as JobMessage));
      return await ended(child, signal);
    } catch (cause) {
      throw new MedganError(`${job.command[0]} cannot be started: ${messageOf(cause)}`, { cause });
    } finally {
      await log.close();
    }
  },
});

async function ended(child: ChildProcess, signal: AbortSignal): Promise<JobEnd> {
  const stop = (): void => {
    // It may have ended, or closed the channel, in the meantime: then there is nothing left to ask for.
    if (child.connected) child.send({ kind: 'stop' } satisfies StopRequest, () => undefined);
  };
  // A process that leaves although it has asked for an end was asked a second time: at once, without saving.
  const kill = (): void => {
    if (signal.aborted) child.kill('SIGKILL');
  };
  signal.addEventListener('abort', stop, { once: true });
  process.on('exit', kill);
  try {
    if (signal.aborted) stop();
    return await new Promise<JobEnd>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, by) => resolve({ code, ...(by === null ? {} : { by }) }));
    });
  } finally {
    signal.removeEventListener('abort', stop);
    process.off('exit', kill);
  }
}
