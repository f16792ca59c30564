import type { JobMessage } from '@medgan/plugin-api';
import type { StopRequest } from '@medgan/experiment-registry';
import { EXIT_INTERRUPTED } from '../interrupt.ts';

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
  const onTerm = (): void => stop('the trial was asked to end');
  const onInt = (): void => {
    if (asked.signal.aborted) process.exit(EXIT_INTERRUPTED);
    stop('the trial was interrupted');
  };
  // A scheduler may send SIGTERM several times; only a second Ctrl-C means an end at once.
  process.on('SIGTERM', onTerm).on('SIGINT', onInt);
  return {
    signal: asked.signal,
    send: (message) => {
      if (process.connected) process.send!(message, undefined, undefined, () => undefined);
    },
    close: () => {
      process.off('SIGTERM', onTerm).off('SIGINT', onInt);
      process.off('message', onMessage).off('disconnect', onGone);
      if (process.connected) process.disconnect();
    },
  };
}
