import type { StudyEvent } from '@medgan/experiment-registry';
import {
  FOLLOWED,
  startFollower,
  type Follower,
  type FollowerOptions,
  type FollowerReporter,
} from './start-follower.ts';

/**
 * One follower for each study that is run, where MLFLOW_TRACKING_URI is set: it sends the study and all its trials, whose
 * own processes then start none. Listens to the events of the studies.
 */
export class StudyFollowers {
  readonly #env = { ...process.env };
  readonly #reporter: FollowerReporter;
  readonly #running = new Map<string, Follower>();
  readonly #ends: Promise<void>[] = [];
  readonly #program: string;
  /** Messages held back until the screen is free again. */
  readonly #held: (() => void)[] = [];

  constructor({ program, reporter }: Pick<FollowerOptions, 'program' | 'reporter'>) {
    this.#program = program;
    this.#reporter = reporter;
  }

  /** To be called with every event of the studies. */
  readonly listen = (event: StudyEvent): void => {
    if (event.kind === 'study-started') this.#start(event.studyDir);
    if (event.kind === 'study-ended') this.#end(event.studyDir);
  };

  /** Waits a moment for what is still being sent, and reports what came of it. */
  async close(): Promise<void> {
    for (const dir of [...this.#running.keys()]) this.#end(dir);
    await Promise.all(this.#ends);
    for (const report of this.#held) report();
  }

  #start(dir: string): void {
    const follower = startFollower(dir, {
      program: this.#program,
      env: this.#env,
      reporter: {
        onNote: (message) => this.#held.push(() => this.#reporter.onNote(message)),
        onWarning: (message) => this.#held.push(() => this.#reporter.onWarning(message)),
      },
    });
    if (!follower) return;
    this.#running.set(dir, follower);
    process.env[FOLLOWED] = '1';
  }

  #end(dir: string): void {
    const follower = this.#running.get(dir);
    if (follower) this.#ends.push(follower.end());
    this.#running.delete(dir);
  }
}
