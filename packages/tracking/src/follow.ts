import { withCure, plural } from '@medgan/files';
import type { Clock } from '@medgan/plugin-api';
import { leftoverLines } from './leftovers.ts';
import { FolderReplaced } from './sync-faults.ts';
import type { PassReport } from './sync-target.ts';

export interface FollowOptions {
  /** Sends what is missing; `isAlive` as long as training has not ended. */
  readonly pass: (state: { readonly isAlive: boolean }) => Promise<PassReport>;
  /** Whether training has ended; a pass that begins afterwards reads all that it wrote. */
  readonly hasEnded: () => Promise<boolean>;
  /** Resolves after that many milliseconds, or earlier when training ends. */
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly clock: Clock;
  /** Milliseconds between two passes. */
  readonly interval: number;
  /** How long to go on trying after training has ended, in milliseconds. */
  readonly grace: number;
  readonly log: (line: string) => void;
}

/** Longest pause after failures in a row, in milliseconds. */
const LONGEST_PAUSE = 30_000;

/**
 * Sends a run or study while it is trained, pass after pass, and a last time when it has ended. After each failure of
 * the server the pause before the next pass is doubled. Each reason, and each part that could not be sent, is logged once.
 * @returns the last report; undefined if no pass succeeded within `grace`, or the folder came to hold another run
 */
export async function follow(options: FollowOptions): Promise<PassReport | undefined> {
  const { pass, hasEnded, wait, clock, interval, grace, log } = options;
  let failures = 0;
  const logged = new Set<string>();
  const logOnce = (line: string): void => {
    if (!logged.has(line)) log(line);
    logged.add(line);
  };
  let deadline = Infinity;
  for (;;) {
    const ended = await hasEnded();
    if (ended && deadline === Infinity) deadline = clock.monotonic() + grace;
    try {
      const report = await pass({ isAlive: !ended });
      if (failures > 0) {
        log(`the server is back; ${plural(report.points, 'point')} sent`);
        logged.clear();
      }
      failures = 0;
      for (const line of leftoverLines(report.leftovers)) logOnce(line);
      if (ended) return report;
    } catch (error) {
      failures++;
      logOnce(withCure(error));
      if (error instanceof FolderReplaced) return undefined;
    }
    const left = deadline - clock.monotonic();
    if (left <= 0) return undefined;
    await wait(Math.min(interval * 2 ** failures, LONGEST_PAUSE, left));
  }
}
