import type { Progress } from '@medgan/trainer';
import { afterEach, describe, expect, it } from 'vitest';
import { setQuiet } from './notes.ts';
import { TerminalReporter } from './terminal.ts';

afterEach(() => setQuiet(false));

function streamOf(columns: number | undefined): {
  isTTY: boolean;
  columns: number;
  write(text: string): void;
  text(): string;
} {
  let written = '';
  const write = (text: string): void => void (written += text);
  return { isTTY: columns !== undefined, columns: columns ?? 0, write, text: () => written };
}

const PROGRESS: Progress = {
  step: 4321,
  totalSteps: 100_000,
  epoch: 12,
  epochs: 1000,
  stepsPerSecond: 12.345,
  secondsLeft: 7750,
  values: {
    'loss/discriminator': 1.2345,
    'loss/generator': 10.5,
    'prob/real': 0.75,
    'prob/fake_before': NaN,
    'prob/fake_after': 0.1,
  },
};

it('cuts a moving line to the terminal, between cells, and ends its colours there', () => {
  const stream = streamOf(21);
  const prefix = '\x1b[31mé𝛼';
  new TerminalReporter({ stream, logEvery: 1, prefix }).onData(3, 12);
  expect(stream.text()).toBe('\r\x1b[K\x1b[31mé𝛼: reading images ━\x1b[0m');
});

describe('a line of progress', () => {
  it('shows step, speed and time left first where the terminal has 80 columns', () => {
    const stream = streamOf(80);
    new TerminalReporter({ stream, logEvery: 10 }).onStep(PROGRESS);
    expect(stream.text()).toBe(
      '\r\x1b[Kstep 4321/100000 · 2h 09m left · 12.35 steps/s · loss D 1.234 G 10.500',
    );
  });

  it.each([20, 40, 79, 80, 100, 132])('never wraps at %i columns, moving or staying', (columns) => {
    for (const logEvery of [1, 10]) {
      const stream = streamOf(columns);
      new TerminalReporter({ stream, logEvery }).onStep(PROGRESS);
      for (const line of stream.text().split(/[\r\n]/)) {
        expect(line.replace(/\x1b\[[0-9;]*[mK]/g, '').length).toBeLessThan(columns);
      }
    }
  });

  it('holds all values in a pipe', () => {
    const stream = streamOf(undefined);
    new TerminalReporter({ stream, logEvery: 1 }).onStep(PROGRESS);
    expect(stream.text()).toBe(
      'step 4321/100000 · 2h 09m left · 12.35 steps/s · loss D 1.234 G 10.500 · epoch 12/1000 · ' +
        'D(x) 0.750 · D(G(z)) NaN / 0.100\n',
    );
  });
});

it('shows warnings only with --quiet', () => {
  setQuiet(true);
  const stream = streamOf(80);
  const reporter = new TerminalReporter({ stream, logEvery: 1 });
  reporter.onNote('a note');
  reporter.onData(1, 2);
  reporter.onStep(PROGRESS);
  reporter.onCompiled(5);
  reporter.onEvaluated({ step: 1, values: { 'metric/kid': 1 }, best: undefined });
  reporter.onWarning('few images');
  expect(stream.text()).toBe('\r\x1b[Kwarning: few images\n');
});
