import { defined } from '@medgan/files';
import type { Clock } from '@medgan/plugin-api';
import type { EvaluatedStep, Progress } from '@medgan/trainer';
import type { TrialListener } from '@medgan/runs';
import { TerminalReporter } from '../terminal.ts';
import type { ParentChannel } from './parent-channel.ts';

/** Milliseconds between two words of progress: as often as people can read, and no step waits for it. */
const SEND_EVERY = 200;

/** Writes a trial's lines to its log, and sends them and its progress to the study. */
export class TrialReporter implements TrialListener {
  readonly #lines: TerminalReporter;
  readonly #channel: ParentChannel;
  readonly #clock: Clock;
  #warning = false;
  #lastSent = -Infinity;
  #steps = 0;
  #phase = 'getting ready';

  constructor(channel: ParentChannel, { clock, logEvery }: { clock: Clock; logEvery: number }) {
    this.#channel = channel;
    this.#clock = clock;
    const write = (text: string): boolean => {
      // The log first: whoever hears of a line finds it there.
      process.stdout.write(text);
      channel.send({ kind: 'line', text: text.trimEnd(), warning: this.#warning });
      return true;
    };
    this.#lines = new TerminalReporter({ stream: { isTTY: false, columns: 0, write }, logEvery });
  }

  /** Steps done. */
  get steps(): number {
    return this.#steps;
  }

  #isDue(): boolean {
    const now = this.#clock.monotonic();
    if (now - this.#lastSent < SEND_EVERY) return false;
    this.#lastSent = now;
    return true;
  }

  /** What begins now, until the next step or phase. */
  onPhase(text: string): void {
    this.#phase = text;
    this.#channel.send({ kind: 'phase', text });
  }

  onNote(message: string): void {
    this.#lines.onNote(message);
  }

  onWarning(message: string): void {
    this.#warning = true;
    this.#lines.onWarning(message);
    this.#warning = false;
  }

  onData(done: number, total: number): void {
    if (done === total) this.onPhase(this.#phase);
    else if (this.#isDue()) this.#channel.send({ kind: 'phase', text: `reading images ${done}/${total}` });
  }

  onCompiled(milliseconds: number): void {
    this.#lines.onCompiled(milliseconds);
  }

  onStep(progress: Progress): void {
    this.#lines.onStep(progress);
    this.#steps = progress.step;
    if (progress.step !== progress.totalSteps && !this.#isDue()) return;
    const { stepsPerSecond, secondsLeft, ...rest } = progress;
    this.#channel.send({
      kind: 'progress',
      progress: {
        ...rest,
        values: { ...progress.values },
        ...defined({ stepsPerSecond, secondsLeft }),
      },
    });
  }

  onEvaluated(evaluated: EvaluatedStep): void {
    this.#lines.onEvaluated(evaluated);
  }

  onFile(): void {
    // Files are named once, at the end of the study.
  }
}
