import {
  expandExperiment,
  parseExperiment,
  type StudyEvent,
  type TrialRecord,
} from '@medgan/experiment-registry';
import { describe, expect, it } from 'vitest';
import { setQuiet } from '../notes.ts';
import { LiveView, PlainView, viewFor, type Screen } from './study-view.ts';

const study = expandExperiment(
  parseExperiment(
    'title: T\nquestion: Q?\nbase: {arch: DCGAN}\nvary: {grid: {batch_size: [4, 8]}}\n',
    'a/t.yaml',
  ),
  { control: { validate: () => [] } },
);
const records: TrialRecord[] = study.trials.map((trial) => ({
  ...trial,
  state: 'waiting',
  identity: 'i',
  data: 'd',
}));

const of = (index: number) => ({ study, studyDir: '/s', trial: study.trials[index]!, index, dir: '/s/t' });
const message = (
  index: number,
  message: Extract<StudyEvent, { kind: 'message' }>['message'],
): StudyEvent => ({
  kind: 'message',
  ...of(index),
  message,
});
const step = (index: number, at: number): StudyEvent =>
  message(index, {
    kind: 'progress',
    progress: { step: at, totalSteps: 9, epoch: 1, epochs: 1, values: {} },
  });

const EVENTS: readonly StudyEvent[] = [
  { kind: 'study-started', study, studyDir: '/s', records },
  { kind: 'started', ...of(0), record: { ...records[0]!, state: 'running' } },
  message(0, { kind: 'line', text: 'a note', warning: false }),
  step(0, 1),
  message(0, { kind: 'line', text: 'warning: few images', warning: true }),
  step(0, 2),
  {
    kind: 'ended',
    ...of(0),
    record: {
      ...records[0]!,
      state: 'failed',
      result: { status: 'failed', figures: {}, steps: 2, seconds: 3, grids: [], reason: 'no kernel' },
    },
  },
  { kind: 'kept', ...of(1), record: { ...records[1]!, state: 'finished' } },
];

class FakeClock {
  time = 0;
  now = (): number => this.time;
  monotonic = (): number => this.time;
}

/** What a terminal of `columns` cells shows after it was written to. */
class Terminal {
  readonly isTTY = true;
  rows = 24;
  columns: number;
  written = '';
  #lines: string[] = [''];
  #row = 0;
  #column = 0;

  constructor(columns: number) {
    this.columns = columns;
  }

  write = (text: string): boolean => {
    this.written += text;
    for (const [token, count, command] of text.matchAll(/\x1b\[\??([0-9;]*)([A-Za-z])|[^\x1b]/g)) {
      const line = this.#lines[this.#row]!;
      if (command === 'A') this.#row -= Number(count);
      else if (command === 'J') this.#lines.splice(this.#row, Infinity, '');
      else if (command === 'K') this.#lines[this.#row] = line.slice(0, this.#column);
      else if (token === '\r') this.#column = 0;
      else if (token === '\n') {
        this.#column = 0;
        this.#lines[++this.#row] ??= '';
      } else if (command === undefined) {
        this.#lines[this.#row] = line.slice(0, this.#column) + token + line.slice(this.#column + 1);
        this.#column++;
      }
    }
    return true;
  };

  get shown(): string[] {
    return this.#lines;
  }
}

const asScreen = (terminal: Terminal): Screen => terminal as unknown as Screen;

describe('LiveView', () => {
  it('keeps one line per trial at the foot, and what must stay above it', () => {
    const terminal = new Terminal(100);
    const clock = new FakeClock();
    const view = new LiveView({ screen: asScreen(terminal), clock, jobs: 1 });
    for (const event of EVENTS) {
      clock.time += 1000;
      view.take(event);
    }
    view.close();
    expect(terminal.shown).toMatchInlineSnapshot(`
      [
        "batch_size 4: warning: few images",
        "trial 2 of 2, batch_size 8: finished before, kept (--force trains it again)",
        "✗ batch_size 4  failed: no kernel · 3s",
        "✓ batch_size 8  finished",
        "1 of 2 trials · 1 failed · 8s so far",
        "",
      ]
    `);
  });

  it('draws no more often than people can see', () => {
    const terminal = new Terminal(100);
    const clock = new FakeClock();
    const view = new LiveView({ screen: asScreen(terminal), clock, jobs: 1 });
    view.take(EVENTS[0]!);
    view.take(EVENTS[1]!);
    const before = terminal.written.length;
    for (let at = 1; at < 9; at++) view.take(step(0, at));
    expect(terminal.written.length).toBe(before);
    clock.time += 100;
    view.take(step(0, 9));
    expect(terminal.shown[0]).toContain('step 9/9');
    view.close();
  });

  it('erases nothing that it then writes again', () => {
    const terminal = new Terminal(100);
    const view = new LiveView({ screen: asScreen(terminal), clock: new FakeClock(), jobs: 1 });
    view.take(EVENTS[0]!);
    view.close();
    expect(terminal.written).not.toMatch(/\x1b\[2?[JK][^\x1b\r\n]/);
    expect(terminal.shown.at(-1)).toBe('');
  });
});

describe('PlainView', () => {
  it('names the trial in every line', () => {
    const terminal = new Terminal(100);
    const view = new PlainView({ screen: asScreen(terminal), jobs: 1 });
    for (const event of EVENTS) view.take(event);
    expect(terminal.written).toMatchInlineSnapshot(`
      "trial 1 of 2, batch_size 4: started, log in /s/t
      batch_size 4: a note
      batch_size 4: warning: few images
      trial 1 of 2, batch_size 4: failed: no kernel, 3s
      trial 2 of 2, batch_size 8: finished before, kept (--force trains it again)
      "
    `);
  });

  it('reports the time left for all trials when one ends', () => {
    const terminal = new Terminal(100);
    const view = new PlainView({ screen: asScreen(terminal), jobs: 1 });
    const result = { status: 'finished', figures: {}, steps: 9, seconds: 100, grids: [] } as const;
    view.take(EVENTS[0]!);
    view.take({ kind: 'ended', ...of(0), record: { ...records[0]!, state: 'finished', result } });
    expect(terminal.written).toBe(
      'trial 1 of 2, batch_size 4: finished, 1m 40s; about 1m 40s left for all trials\n',
    );
  });

  it('shows warnings only with --quiet, and draws nothing on a terminal', () => {
    setQuiet(true);
    const terminal = new Terminal(100);
    const view = viewFor({ screen: asScreen(terminal), clock: new FakeClock(), jobs: 1 });
    for (const event of EVENTS) view.take(event);
    view.close();
    setQuiet(false);
    expect(terminal.written).toBe(
      'batch_size 4: warning: few images\n' +
        'trial 2 of 2, batch_size 8: finished before, kept (--force trains it again)\n',
    );
  });

  it('is the one for pipes', () => {
    const options = { clock: new FakeClock(), jobs: 1 };
    const pipe = Object.assign(new Terminal(80), { isTTY: false });
    expect(viewFor({ ...options, screen: pipe as unknown as Screen })).toBeInstanceOf(PlainView);
    const live = viewFor({ ...options, screen: asScreen(new Terminal(80)) });
    expect(live).toBeInstanceOf(LiveView);
    live.close();
  });
});
