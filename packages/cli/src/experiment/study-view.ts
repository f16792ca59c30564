import type { StudyEvent } from '@medgan/experiment-registry';
import type { Clock } from '@medgan/plugin-api';
import { duration } from '@medgan/runs';
import { isQuiet } from '../notes.ts';
import { boardLines, secondsLeft } from './board-lines.ts';
import { StudyBoard } from './study-board.ts';

/** Shows how the trials of a study go. */
export interface StudyView {
  take(event: StudyEvent): void;
  /** A line that stays. */
  print(text: string): void;
  close(): void;
}

export type Screen = Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'rows' | 'write'>;

export interface ViewOptions {
  readonly screen: Screen;
  readonly clock: Clock;
  readonly jobs: number;
}

const place = ({ trial, index, study }: Extract<StudyEvent, { trial: unknown }>): string =>
  `trial ${index + 1} of ${study.trials.length}, ${trial.label}`;

/** What stays to be read of an event, whatever the view. */
function lasting(event: StudyEvent): string | undefined {
  if (event.kind === 'kept')
    return `${place(event)}: ${event.record.state} before, kept (--force trains it again)`;
  if (event.kind === 'moved') return `${place(event)}: its folder held another run, moved to ${event.to}`;
  if (event.kind !== 'message' || event.message.kind !== 'line' || !event.message.warning) return undefined;
  return `${event.trial.label}: ${event.message.text}`;
}

/** A line of its own for everything, with the name of the trial: for pipes and logs. */
export class PlainView implements StudyView {
  readonly #screen: Screen;
  readonly #jobs: number;
  readonly #board = new StudyBoard();

  constructor({ screen, jobs }: Pick<ViewOptions, 'screen' | 'jobs'>) {
    this.#screen = screen;
    this.#jobs = jobs;
  }

  take(event: StudyEvent): void {
    this.#board.take(event);
    const text = lasting(event);
    if (text !== undefined) this.#write(text);
    const plain = text === undefined ? plainText(event) : undefined;
    if (plain !== undefined) this.print(`${plain}${event.kind === 'ended' ? this.#left() : ''}`);
  }

  #left(): string {
    const left = secondsLeft(this.#board.rows, this.#jobs);
    return left === undefined || left < 1 ? '' : `; about ${duration(left)} left for all trials`;
  }

  #write(text: string): void {
    this.#screen.write(`${text}\n`);
  }

  print(text: string): void {
    if (!isQuiet()) this.#write(text);
  }

  close(): void {
    // Nothing is held back.
  }
}

function plainText(event: StudyEvent): string | undefined {
  if (event.kind === 'started') return `${place(event)}: started, log in ${event.dir}`;
  if (event.kind === 'message' && event.message.kind === 'line')
    return `${event.trial.label}: ${event.message.text}`;
  if (event.kind !== 'ended' && event.kind !== 'skipped') return undefined;
  const { state, result } = event.record;
  const how = result?.reason === undefined ? state : `${state}: ${result.reason}`;
  return `${place(event)}: ${how}${event.kind === 'ended' && result ? `, ${duration(result.seconds)}` : ''}`;
}

/** Milliseconds between two pictures. */
const DRAW_EVERY = 100;
/** Milliseconds after which the clock on the screen moves on though nothing happens. */
const TICK = 1000;
/** A terminal that knows it shows what lies between at once; others pass it over. */
const [BEGIN, END] = ['\x1b[?2026h', '\x1b[?2026l'];

/** A block of lines at the foot of a terminal, one per trial, written over in place. */
export class LiveView implements StudyView {
  readonly #board = new StudyBoard();
  readonly #options: ViewOptions;
  readonly #start: number;
  readonly #ticks: NodeJS.Timeout;
  #later: NodeJS.Timeout | undefined;
  #drawn = -Infinity;
  /** Cells of each line on the screen: a terminal made narrower has broken them. */
  #widths: number[] = [];

  constructor(options: ViewOptions) {
    this.#options = options;
    this.#start = options.clock.monotonic();
    this.#ticks = setInterval(() => this.#draw(), TICK);
    this.#ticks.unref();
  }

  take(event: StudyEvent): void {
    this.#board.take(event);
    const text = lasting(event);
    if (text !== undefined) this.print(text);
    else this.#drawSoon();
  }

  print(text: string): void {
    this.#options.screen.write(`${BEGIN}${this.#back()}\x1b[0J${text}\n`);
    this.#widths = [];
    this.#draw();
    this.#options.screen.write(END);
  }

  close(): void {
    clearInterval(this.#ticks);
    clearTimeout(this.#later);
    this.#draw();
    this.#widths = [];
  }

  #drawSoon(): void {
    const wait = this.#drawn + DRAW_EVERY - this.#options.clock.monotonic();
    if (wait <= 0) this.#draw();
    else {
      this.#later ??= setTimeout(() => this.#draw(), wait);
      this.#later.unref();
    }
  }

  /** The way back from under the block to its first line. */
  #back(): string {
    const columns = this.#options.screen.columns || 80;
    const lines = this.#widths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    return lines === 0 ? '\r' : `\r\x1b[${lines}A`;
  }

  #draw(): void {
    clearTimeout(this.#later);
    this.#later = undefined;
    const { screen, clock, jobs } = this.#options;
    this.#drawn = clock.monotonic();
    if (this.#board.rows.length === 0) return;
    const lines = boardLines(this.#board.rows, {
      // A line as long as the terminal is wide makes some of them begin another.
      columns: Math.max(1, (screen.columns || 80) - 1),
      rows: Math.max(2, (screen.rows || 24) - 1),
      seconds: (this.#drawn - this.#start) / 1000,
      jobs,
    });
    // Written over, and only then erased behind: what was erased first would flicker.
    screen.write(`${BEGIN}${this.#back()}${lines.map((line) => `${line}\x1b[K\n`).join('')}\x1b[0J${END}`);
    this.#widths = lines.map(cells);
  }
}

const COLOUR = /\x1b\[[0-9;]*m/g;
const cells = (line: string): number => line.replace(COLOUR, '').length;

/** The view that fits what it is shown on. */
export const viewFor = (options: ViewOptions): StudyView =>
  options.screen.isTTY === true && !isQuiet() ? new LiveView(options) : new PlainView(options);
