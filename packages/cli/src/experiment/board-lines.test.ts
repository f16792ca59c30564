import fc from 'fast-check';
import type { TrialState } from '@medgan/experiment-registry';
import { describe, expect, it } from 'vitest';
import { boardLines, secondsLeft } from './board-lines.ts';
import type { BoardRow } from './study-board.ts';

const running = (label: string, step: number): BoardRow => ({
  label,
  state: 'running',
  progress: {
    step,
    totalSteps: 480,
    epoch: 3,
    epochs: 60,
    stepsPerSecond: 4,
    secondsLeft: (480 - step) / 4,
    values: { 'loss/discriminator': 0.61234, 'loss/generator': NaN },
  },
});

const ROWS: readonly BoardRow[] = [
  { label: 'batch_size 128', state: 'finished', seconds: 100 },
  running('batch_size 64', 80),
  { label: 'batch_size 32', state: 'failed', seconds: 3, reason: 'no kernel' },
  { label: 'batch_size 16', state: 'waiting' },
];

const SPACE = { columns: 110, rows: 24, seconds: 130, jobs: 1 };
const plain = (line: string): string => line.replace(/\x1b\[[0-9;]*m/g, '');
const lines = (rows: readonly BoardRow[], space: Partial<typeof SPACE> = {}): string[] =>
  boardLines(rows, { ...SPACE, ...space }).map(plain);

describe('boardLines', () => {
  it('has a line per trial and one about the whole study', () => {
    expect(lines(ROWS)).toMatchInlineSnapshot(`
      [
        "✓ batch_size 128  finished · 1m 40s",
        "▸ batch_size 64   step 80/480 · 1m 40s left · 4.00 steps/s · loss D 0.612 G NaN · epoch 3/60",
        "✗ batch_size 32   failed: no kernel · 3s",
        "· batch_size 16",
        "1 of 4 trials · 1 failed · about 3m 30s left · 2m 10s so far · 1 running",
      ]
    `);
  });

  it('leaves out the least important where the terminal is narrow', () => {
    expect(lines(ROWS, { columns: 48 })).toMatchInlineSnapshot(`
      [
        "✓ batch_size 128  finished · 1m 40s",
        "▸ batch_size 64   step 80/480 · 1m 40s left",
        "✗ batch_size 32   failed: no kernel · 3s",
        "· batch_size 16",
        "1 of 4 trials · 1 failed · about 3m 30s left",
      ]
    `);
  });

  it('shows what runs, what failed and what comes next where the terminal is low', () => {
    expect(lines(ROWS, { rows: 4 }).map((line) => line.slice(0, 15))).toEqual([
      '▸ batch_size 64',
      '✗ batch_size 32',
      '· batch_size 16',
      '1 of 4 trials ·',
    ]);
    expect(lines(ROWS, { rows: 4 }).at(-1)).toContain('1 not shown');
  });

  it('says what a trial does before its first step', () => {
    expect(lines([{ label: 'a', state: 'running', phase: 'reading images 3/9' }])[0]).toBe(
      '▸ a  reading images 3/9',
    );
  });

  it('says first what a trial does after its last step, and gives it no time', () => {
    const last = { ...running('a', 480), phase: 'judging its images' };
    expect(lines([last], { columns: 40 })).toEqual([
      '▸ a  judging its images · step 480/480',
      '0 of 1 trials · 2m 10s so far',
    ]);
  });

  it('counts the trials that have not begun, and one that has made no step yet', () => {
    const finished: BoardRow = { label: 'a', state: 'finished', seconds: 100 };
    const starting: BoardRow = { label: 'b', state: 'running', phase: 'starting' };
    const waiting: BoardRow = { label: 'c', state: 'waiting' };
    expect(secondsLeft([finished, waiting, waiting], 1)).toBe(200);
    expect(secondsLeft([finished, starting, waiting], 1)).toBe(200);
    // 80 of 480 steps at 4 per second: 100 s are left of 120 s; the other two need as long as the first two on average.
    expect(secondsLeft([finished, running('b', 80), starting, waiting], 1)).toBe(100 + 2 * 110);
    expect(secondsLeft([finished, running('b', 80), waiting], 2)).toBe((100 + 110) / 2);
    expect(secondsLeft([running('a', 80), finished, finished], 4)).toBe(100);
    expect(secondsLeft([starting, waiting], 1)).toBeUndefined();
  });

  it('cuts no time short', () => {
    const row = { label: 'learning_rate 0.001', state: 'interrupted', seconds: 64 } as const;
    expect(lines([row], { columns: 40 })[0]).toBe('‖ learning_rate 0.001  interrupted');
  });

  it('shows no time left when all is done', () => {
    expect(lines([ROWS[0]!]).at(-1)).toBe('1 of 1 trials · 2m 10s so far');
  });

  it('never makes a line longer than the terminal, nor more lines than it has', () => {
    const states: TrialState[] = ['waiting', 'running', 'finished', 'interrupted', 'failed', 'skipped'];
    const row = fc.record(
      { label: fc.string(), state: fc.constantFrom(...states), phase: fc.string(), reason: fc.string() },
      { requiredKeys: ['label', 'state'] },
    );
    const rows = fc.array(
      fc.oneof(
        row,
        fc.nat(480).map((step) => running('a', step)),
      ),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(
        rows,
        fc.integer({ min: 1, max: 120 }),
        fc.integer({ min: 2, max: 12 }),
        (all, columns, high) => {
          const shown = lines(all, { columns, rows: high });
          expect(shown.length).toBeLessThanOrEqual(high);
          for (const line of shown) expect(line.length).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });
});
