import { join } from 'node:path';
import { AppendLog, MedganError, readText } from '@medgan/files';
import { RUN_FILES } from '@medgan/plugin-api';
import type { LoggedValues } from './step-runner.ts';

/** One line of `log.jsonl`: every step has one. */
export interface LogLine {
  readonly step: number;
  readonly epoch: number;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  readonly values: LoggedValues;
}

/** A number as JSON, where NaN and infinities are strings: a diverged loss must be seen, not lost. */
const jsonNumber = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;

/** Every value of a parsed line, with the strings that stand for NaN and infinities turned back. */
function parseLine(text: string): LogLine {
  const { step, epoch, time, ...values } = JSON.parse(text) as Record<string, number | string>;
  const numbers = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Number(value)]));
  return { step: Number(step), epoch: Number(epoch), time: Number(time), values: numbers as LoggedValues };
}

const NEWLINE = 10;

/** The bytes of the first `count` lines, each with its newline; undefined where there are fewer whole lines. */
function firstLines(bytes: Buffer, count: number): Buffer | undefined {
  let end = 0;
  for (let line = 0; line < count; line++) {
    const at = bytes.indexOf(NEWLINE, end);
    if (at < 0) return undefined;
    end = at + 1;
  }
  return bytes.subarray(0, end);
}

/**
 * The log of a run: its lines are kept in memory, and appended to `log.jsonl` a few at a time. A
 * checkpoint counts on the lines up to its step: they must be on the disk before it is, and stay there.
 */
export class RunLog {
  readonly lines: LogLine[];
  readonly #file: AppendLog;
  #written: number;

  private constructor(file: AppendLog, lines: LogLine[]) {
    this.#file = file;
    this.lines = lines;
    this.#written = lines.length;
  }

  /**
   * Starts the log anew, or goes on after step `done`: later lines, which will come again, are cut off in one system
   * call, so that a kill cannot take a line that a checkpoint counts on.
   * @throws MedganError when the log has fewer lines than that.
   */
  static async open(runDir: string, done = 0): Promise<RunLog> {
    const path = join(runDir, RUN_FILES.log);
    const kept = done === 0 ? Buffer.alloc(0) : firstLines(Buffer.from((await readText(path)) ?? ''), done);
    if (kept === undefined) {
      throw new MedganError(
        `${path} has fewer than the ${done} lines that the checkpoint of step ${done} needs`,
        {
          cure: 'resume from an older checkpoint: remove the newest folder under checkpoints/',
        },
      );
    }
    const lines = kept.toString().split('\n').slice(0, -1).map(parseLine);
    return new RunLog(await AppendLog.open(path, kept.length), lines);
  }

  add(line: LogLine): void {
    this.lines.push(line);
  }

  /** Appends what is not in the file yet. With `durable`, all of the log is on the disk when this returns. */
  async flush({ durable = false }: { readonly durable?: boolean } = {}): Promise<void> {
    const { length } = this.lines;
    const text = this.lines
      .slice(this.#written)
      .map(({ values, ...place }) => `${JSON.stringify({ ...place, ...values }, jsonNumber)}\n`)
      .join('');
    if (text === '' && !durable) return;
    await this.#file.append(text, { durable });
    this.#written = length;
  }
}
