import { withCure } from '@medgan/files';
import type { Clock } from '@medgan/plugin-api';
import { FolderReplaced } from './sync-run.ts';
import type { PassReport } from './sync-target.ts';

export interface FollowOptions {
  /** Sends what is missing; `isAlive` as long as training has not ended. */
  readonly pass: (state: { readonly isAlive: boolean }) => Promise<PassReport>;
  /** Whether training has ended, so that a pass that begins now sees all. */
  readonly hasEnded: () => Promise<boolean>;
  /** Resolves after so many milliseconds, or sooner when training ends. */
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly clock: Clock;
  /** Milliseconds between two passes. */
  readonly interval: number;
  /** How long to go on trying after training has ended, in milliseconds. */
  readonly grace: number;
  readonly tell: (line: string) => void;
}

/** Longest pause after failures in a row, in milliseconds. */
const LONGEST_PAUSE = 30_000;

/**
 * Sends a run or study while it is trained, pass after pass, and a last time when it has ended. A server that fails is
 * tried again, more and more seldom. Gives the last report when all was sent, undefined when `grace` was over
 * first, or the folder came to hold another run.
 */
export async function follow(options: FollowOptions): Promise<PassReport | undefined> {
  const { pass, hasEnded, wait, clock, interval, grace, tell } = options;
  let failures = 0;
  let told: string | undefined;
  let deadline = Infinity;
  for (;;) {
    const ended = await hasEnded();
    if (ended && deadline === Infinity) deadline = clock.monotonic() + grace;
    try {
      const report = await pass({ isAlive: !ended });
      if (failures > 0) tell(`the server is back; ${report.points} points sent`);
      [failures, told] = [0, undefined];
      if (ended) return report;
    } catch (error) {
      failures++;
      const reason = withCure(error);
      if (reason !== told) tell(reason);
      told = reason;
      if (error instanceof FolderReplaced) return undefined;
    }
    const left = deadline - clock.monotonic();
    if (left <= 0) return undefined;
    await wait(Math.min(interval * 2 ** failures, LONGEST_PAUSE, left));
  }
}
