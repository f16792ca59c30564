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
