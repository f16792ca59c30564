import type { DownloadProgress } from '@medgan/data';
import type { Clock } from '@medgan/plugin-api';
import { formatBytes } from '../sizes-and-ages.ts';
import { duration } from '../terminal.ts';

/** Milliseconds between two lines where there is no terminal. */
const LINE_EVERY = 10_000;
const BAR_WIDTH = 24;

type Stream = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number };

/** Shows a download: a moving bar on a terminal, a line every ten seconds in a pipe. */
export class DownloadProgressReporter {
  readonly #stream: Stream;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #start: number;
  #lastLine: number;
  #firstDone: number | undefined;
  done = 0;
  total = 0;

  constructor(stream: Stream, clock: Pick<Clock, 'monotonic'>) {
    this.#stream = stream;
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
    if (this.#stream.isTTY) {
      const filled = Math.round((BAR_WIDTH * done) / Math.max(total, 1));
      const line = `${'━'.repeat(filled)}${'─'.repeat(BAR_WIDTH - filled)} ${this.#text(progress)}`;
      this.#stream.write(`\r\x1b[K${line.slice(0, (this.#stream.columns ?? 80) - 1)}`);
      return;
    }
    const now = this.#clock.monotonic();
    if (now - this.#lastLine < LINE_EVERY) return;
    this.#lastLine = now;
    this.#stream.write(`${this.#text(progress)}\n`);
  }

  /** A line that stays. */
  note(message: string): void {
    this.#stream.write(`${this.#stream.isTTY ? '\r\x1b[K' : ''}${message}\n`);
  }

  /** Takes the bar away. */
  end(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\x1b[K');
  }
}
