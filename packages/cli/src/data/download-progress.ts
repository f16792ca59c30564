import type { DownloadProgress } from '@medgan/data';
import type { Clock } from '@medgan/plugin-api';
import { LiveLine, bar, type LineStream } from '../live-line.ts';
import { isQuiet } from '../notes.ts';
import { duration, formatBytes } from '@medgan/runs';

/** Milliseconds between two lines where there is no terminal. */
const LINE_EVERY = 10_000;

/** Shows a download: a moving bar on a terminal, a line every ten seconds in a pipe. */
export class DownloadProgressReporter {
  readonly #screen: LiveLine;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #start: number;
  #lastLine: number;
  #firstDone: number | undefined;
  done = 0;
  total = 0;

  constructor(stream: LineStream, clock: Pick<Clock, 'monotonic'>) {
    this.#screen = new LiveLine(stream);
    this.#clock = clock;
    this.#start = clock.monotonic();
    this.#lastLine = this.#start;
  }

  #text({ done, total, bytes }: DownloadProgress): string {
    const seconds = (this.#clock.monotonic() - this.#start) / 1000;
    const now = done - (this.#firstDone ?? 0);
    const rate = seconds > 0 ? now / seconds : 0;
    const left = rate > 0 && done < total ? ` · ${duration((total - done) / rate)} left` : '';
    const speed = rate > 0 ? ` · ${rate.toFixed(1)} images/s` : '';
    return `${done}/${total} images · ${formatBytes(bytes)}${speed}${left}`;
  }

  onProgress(progress: DownloadProgress): void {
    const { done, total, bytes } = progress;
    [this.done, this.total] = [done, total];
    // What was here already says nothing of how long the rest takes.
    if (bytes === 0) this.#firstDone = done;
    if (isQuiet()) return;
    this.#screen.show(`${bar(done, total)} ${this.#text(progress)}`);
    if (this.#screen.moves) return;
    const now = this.#clock.monotonic();
    if (now - this.#lastLine < LINE_EVERY) return;
    this.#lastLine = now;
    this.#screen.print(this.#text(progress));
  }

  /** A line that stays. */
  note(message: string): void {
    this.#screen.print(message);
  }

  /** Takes the bar away. */
  end(): void {
    this.#screen.show('');
  }
}
