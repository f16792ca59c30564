import type { JobMessage } from '@medgan/plugin-api';
import type { StopRequest } from '@medgan/experiment-registry';
import { interruptSignal } from '../interrupt.ts';

/** A trial's way to the process of its study. Without such a process, as on a cluster, nothing is sent. */
export interface ParentChannel {
  /** Aborted when the study asks for an end, when its process is gone, and by SIGTERM. */
  readonly signal: AbortSignal;
  send(message: JobMessage): void;
  /** Lets the process end. */
  close(): void;
}

export function openParentChannel(): ParentChannel {
  const asked = new AbortController();
  const stop = (why: string): void => {
    if (!asked.signal.aborted) process.stdout.write(`${why}: stopping after this step\n`);
    asked.abort();
  };
  const onMessage = (message: unknown): void => {
    if ((message as StopRequest).kind === 'stop') stop('the study was interrupted');
  };
  const onGone = (): void => stop("the study's process is gone");
  const hasParent = process.send !== undefined;
  if (hasParent) process.on('message', onMessage).on('disconnect', onGone);
  const { signal, release } = interruptSignal(() => stop('the trial was interrupted'));
  return {
    signal: AbortSignal.any([asked.signal, signal]),
    send: (message) => {
      if (process.connected) process.send!(message, undefined, undefined, () => undefined);
    },
    close: () => {
      release();
      process.off('message', onMessage).off('disconnect', onGone);
      if (process.connected) process.disconnect();
    },
  };
}
