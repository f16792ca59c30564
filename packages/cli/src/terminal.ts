import pc from './colours.ts';
import type { EvaluatedStep, Progress } from '@medgan/trainer';
import { builtInPlugins, figureTitle, type RunReporter } from '@medgan/runs';
import { BAR_WIDTH, LiveLine, bar, type LineStream } from './live-line.ts';
import { isQuiet } from './notes.ts';
import { joined, progressParts } from './progress-text.ts';

const fixed = (value: number): string => (Number.isFinite(value) ? value.toFixed(3) : String(value));

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

  #note(text: string): void {
    if (!isQuiet()) this.#line(text);
  }

  #moving(text: string): void {
    if (!isQuiet()) this.#screen.show(`${this.#prefix}${text}`);
  }

  onNote(message: string): void {
    this.#note(message);
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
    const speed = rate > 0 ? ` · ${rate.toFixed(1)} per second` : '';
    this.#moving(done < total ? `${bar(done, total)} ${done}/${total} ${what}${speed}` : '');
  }

  onCompiled(milliseconds: number): void {
    this.#note(`training step ready in ${(milliseconds / 1000).toFixed(1)} s`);
  }

  onStep(progress: Progress): void {
    const { step, totalSteps } = progress;
    const parts = progressParts(progress);
    const room = this.#screen.width - this.#prefix.length;
    const line = joined(parts, room);
    if (step === 1 || step % this.#logEvery === 0 || step === totalSteps) this.#note(line);
    else if (parts.join(' · ').length > room - BAR_WIDTH - 1) this.#moving(line);
    else this.#moving(`${bar(step, totalSteps)} ${line}`);
  }

  onEvaluated({ step, values, best, reason = 'no figure' }: EvaluatedStep): void {
    const plugins = builtInPlugins();
    const figures = Object.entries(values).map(
      ([key, value]) => `${figureTitle(key.replace('metric/', ''), plugins)} ${fixed(value)}`,
    );
    const rank =
      best === undefined ? '' : best.step === step ? ' · the best so far' : ` · best: step ${best.step}`;
    this.#note(`step ${step} · ${figures.join(', ') || reason}${rank}`);
  }

  onFile(): void {
    // Files are named once, at the end of the run.
  }
}
