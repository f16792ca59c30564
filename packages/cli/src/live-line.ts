import pc from './colours.ts';

/** Where lines are shown. */
export type LineStream = Pick<NodeJS.WriteStream, 'isTTY' | 'columns'> & { write(text: string): unknown };

export const BAR_WIDTH = 24;

/** How much is done; the two parts differ without colours too. */
export function bar(done: number, total: number): string {
  const filled = Math.round((BAR_WIDTH * done) / Math.max(total, 1));
  return '━'.repeat(filled) + pc.dim('─'.repeat(BAR_WIDTH - filled));
}

/** The first `width` cells of a line. Colours take none, and are ended where the line is cut. */
function cut(line: string, width: number): string {
  let cells = 0;
  let end = '';
  for (const [token, colour] of line.matchAll(/(\x1b\[[0-9;]*m)|[^]/gu)) {
    if (colour === undefined && ++cells > width) return end.includes('\x1b') ? `${end}\x1b[0m` : end;
    end += token;
  }
  return end;
}

/** The last line of a terminal, which moves while something goes on. A pipe has none: it gets only the lines that stay. */
export class LiveLine {
  readonly #stream: LineStream;
  /** Whether there is one. */
  readonly moves: boolean;

  constructor(stream: LineStream) {
    this.#stream = stream;
    this.moves = stream.isTTY === true;
  }

  /** Cells that a line may have; in a pipe, any number. */
  get width(): number {
    return this.moves ? (this.#stream.columns ?? 80) - 1 : Infinity;
  }

  /** Shows this instead of what was there, as far as it fits; an empty text takes it away. */
  show(text: string): void {
    if (this.moves) this.#stream.write(`\r\x1b[K${cut(text, this.width)}`);
  }

  /** A line that stays, above it. */
  print(text: string): void {
    this.#stream.write(`${this.moves ? '\r\x1b[K' : ''}${text}\n`);
  }
}
