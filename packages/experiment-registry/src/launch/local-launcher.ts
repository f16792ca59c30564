import { spawn, type ChildProcess } from 'node:child_process';
import { open } from 'node:fs/promises';
import { MedganError, messageOf } from '@medgan/files';
import { defineLauncher, type JobEnd, type JobMessage } from '@medgan/plugin-api';
import { GpuSlots, visibleGpus } from './gpu-slots.ts';

/** What a launcher sends to a job over the channel between their processes. */
export interface StopRequest {
  readonly kind: 'stop';
}

/** What may be set of the launcher `local`. */
interface LocalOptions {
  readonly trials_per_gpu: number;
}

/** The GPUs of a run of medgan: one pool for all its trials. */
const poolOf = new WeakMap<LocalOptions, GpuSlots>();

function gpusOf(options: LocalOptions): GpuSlots {
  const pool = poolOf.get(options) ?? new GpuSlots(visibleGpus(), options.trials_per_gpu);
  poolOf.set(options, pool);
  return pool;
}

/**
 * Runs every job in a process of its own on this machine: one that crashes, or that the system kills for its memory,
 * harms no other. The processes stand outside the terminal's group, so that Ctrl-C reaches them once, through us; they
 * notice when we are gone, and then save and end. Of several GPUs, each job that wants one sees its own.
 */
export const localLauncher = defineLauncher<LocalOptions>({
  name: 'local',
  summary: 'each trial in its own process on this machine',
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      trials_per_gpu: {
        type: 'integer',
        minimum: 1,
        default: 1,
        description: 'how many trials share a GPU, where they ask for one by n_gpu',
      },
    },
  },
  async launch(job, options, { signal, onMessage }) {
    const gpus = gpusOf(options);
    const gpu = job.gpus > 0 ? await gpus.take(signal) : undefined;
    const log = await open(job.log, 'a');
    try {
      const [program, ...args] = job.command;
      const child = spawn(program, args, {
        stdio: ['ignore', log.fd, log.fd, 'ipc'],
        detached: process.platform !== 'win32',
        windowsHide: true,
        env: gpu === undefined ? process.env : { ...process.env, CUDA_VISIBLE_DEVICES: gpu },
      });
      child.on('message', (message) => onMessage(message as JobMessage));
      return await ended(child, signal);
    } catch (cause) {
      throw new MedganError(`${job.command[0]} cannot be started: ${messageOf(cause)}`, { cause });
    } finally {
      if (gpu !== undefined) gpus.give(gpu);
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
