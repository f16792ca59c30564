import pc from './colours.ts';
import type { EvaluatedStep, Progress } from '@medgan/trainer';
import { duration, type RunReporter } from '@medgan/runs';
import { LiveLine, bar, type LineStream } from './live-line.ts';

const fixed = (value: number): string => (Number.isFinite(value) ? value.toFixed(3) : String(value));

/** The original's line: losses, D(x), D(G(z)) before and after the discriminator's step. */
function statusLine(progress: Progress): string {
  const { step, totalSteps, epoch, epochs, values, stepsPerSecond, secondsLeft } = progress;
  const rate = stepsPerSecond === undefined ? '' : ` · ${stepsPerSecond.toFixed(2)} steps/s`;
  const left = secondsLeft === undefined ? '' : ` · ${duration(secondsLeft)} left`;
  return (
    `epoch ${epoch}/${epochs} · step ${step}/${totalSteps} · ` +
    `loss D ${fixed(values['loss/discriminator'])} G ${fixed(values['loss/generator'])} · ` +
    `D(x) ${fixed(values['prob/real'])} · ` +
    `D(G(z)) ${fixed(values['prob/fake_before'])} / ${fixed(values['prob/fake_after'])}${rate}${left}`
  );
}

export interface TerminalOptions {
  readonly stream: LineStream;
  /** Steps between two lines that stay. */
  readonly logEvery: number;
  /** Put before every line: the trial's name. */
  readonly prefix?: string;
}

/** Shows a run: a moving line on a terminal, plain lines in a pipe. */
export class TerminalReporter implements RunReporter {
  readonly #screen: LiveLine;
  readonly #logEvery: number;
  readonly #prefix: string;

  constructor({ stream, logEvery, prefix }: TerminalOptions) {
    this.#screen = new LiveLine(stream);
    this.#logEvery = logEvery;
    this.#prefix = prefix ? `${prefix}: ` : '';
  }

  #line(text: string): void {
    this.#screen.print(`${this.#prefix}${text}`);
  }

  #moving(text: string): void {
    this.#screen.show(`${this.#prefix}${text}`);
  }

  onNote(message: string): void {
    this.#line(message);
  }

  onWarning(message: string): void {
    this.#line(pc.yellow(`warning: ${message}`));
  }

  onData(done: number, total: number): void {
    if (done < total) this.#moving(`reading images ${bar(done, total)} ${done}/${total}`);
    else this.#moving('');
  }

  /** How far a count of things has come, on a terminal only. */
  onCount({ what, done, total, rate }: { what: string; done: number; total: number; rate: number }): void {
    const speed = rate > 0 ? ` · ${rate.toFixed(1)} a second` : '';
    this.#moving(done < total ? `${bar(done, total)} ${done}/${total} ${what}${speed}` : '');
  }

  onCompiled(milliseconds: number): void {
    this.#line(`training step ready in ${(milliseconds / 1000).toFixed(1)} s`);
  }

  onStep(progress: Progress): void {
    const { step, totalSteps } = progress;
    if (step === 1 || step % this.#logEvery === 0 || step === totalSteps) this.#line(statusLine(progress));
    else this.#moving(`${bar(step, totalSteps)} ${statusLine(progress)}`);
  }

  onEvaluated({ step, values, best, reason = 'no figure' }: EvaluatedStep): void {
    const figures = Object.entries(values).map(
      ([key, value]) => `${key.replace('metric/', '')} ${fixed(value)}`,
    );
    const rank =
      best === undefined ? '' : best.step === step ? ' · the best so far' : ` · best: step ${best.step}`;
    this.#line(`step ${step} · ${figures.join(', ') || reason}${rank}`);
  }

  onFile(): void {
    // Files are named once, at the end of the run.
  }
}
