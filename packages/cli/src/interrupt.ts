/** Exit codes, beside 0 (done) and 1 (failed): stopped by the user with everything saved. */
export const EXIT_INTERRUPTED = 130;

/**
 * A signal that Ctrl-C or SIGTERM aborts; a second Ctrl-C ends the process at once.
 * `release` puts the process's own handling back.
 */
export function interruptSignal(onFirst: () => void): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const handle = (): void => {
    if (controller.signal.aborted) process.exit(EXIT_INTERRUPTED);
    controller.abort();
    onFirst();
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
  return {
    signal: controller.signal,
    release: () => {
      process.off('SIGINT', handle);
      process.off('SIGTERM', handle);
    },
  };
}

/** What is said at an interruption. */
export interface Interruption {
  /** Ctrl-C was pressed; the work goes on to where it can stop. */
  readonly onFirst?: () => void;
  /** The work broke off instead of coming to an end of its own. */
  readonly onBrokenOff?: () => void;
}

/** Does a command's work until it ends or Ctrl-C stops it; gives the exit code. @throws what the work throws, but for its stop. */
export async function untilInterrupted(
  work: (signal: AbortSignal) => Promise<number>,
  { onFirst = () => undefined, onBrokenOff }: Interruption = {},
): Promise<number> {
  const { signal, release } = interruptSignal(onFirst);
  try {
    return await work(signal);
  } catch (error) {
    if (!signal.aborted || !(error instanceof Error) || error.name !== 'AbortError') throw error;
    onBrokenOff?.();
    return EXIT_INTERRUPTED;
  } finally {
    release();
  }
}
