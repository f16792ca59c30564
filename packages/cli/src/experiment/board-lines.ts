import { defined } from '@medgan/files';
import pc from '../colours.ts';
import type { TrialState } from '@medgan/experiment-registry';
import { duration } from '@medgan/runs';
import { fitted, joined, progressParts } from '../progress-text.ts';
import type { BoardRow } from './study-board.ts';

export interface BoardSpace {
  /** Cells a line has; no line is longer. */
  readonly columns: number;
  /** Lines there are, the total included. */
  readonly rows: number;
  /** Seconds since the study was started. */
  readonly seconds: number;
  /** Trials that run at a time. */
  readonly jobs: number;
}

const MARKS: Readonly<Record<TrialState, string>> = {
  waiting: pc.dim('·'),
  running: pc.cyan('▸'),
  finished: pc.green('✓'),
  interrupted: pc.yellow('‖'),
  diverged: pc.red('✗'),
  failed: pc.red('✗'),
  skipped: pc.yellow('–'),
};

/** What is said of a running trial, by weight. */
function parts({ phase, progress }: BoardRow): string[] {
  const doing = phase === undefined ? [] : [phase];
  if (!progress) return doing;
  const { secondsLeft, ...rest } = progress;
  // The steps are done; what follows them takes a time that is not known.
  return [...doing, ...progressParts({ ...rest, ...(phase === undefined ? defined({ secondsLeft }) : {}) })];
}

function rowText(row: BoardRow, width: number): string {
  if (row.state === 'running') return joined(parts(row), width);
  if (row.state === 'waiting') return '';
  const how = row.reason === undefined ? row.state : `${row.state}: ${row.reason}`;
  const time = row.state === 'skipped' ? undefined : row.seconds;
  return joined([how, ...(time === undefined ? [] : [duration(time)])], width);
}

const NARROWEST_TEXT = 12;

/** The trials as lines, none longer than the space is wide, and a line on the whole; the last is without a newline. */
export function boardLines(rows: readonly BoardRow[], space: BoardSpace): string[] {
  const shown = chosen(rows, Math.max(1, space.rows - 1));
  const longest = Math.max(0, ...rows.map(({ label }) => label.length));
  const labelWidth = Math.max(0, Math.min(longest, space.columns - 4 - NARROWEST_TEXT));
  const lines = shown.map((row) => {
    const label = fitted(row.label, labelWidth).padEnd(labelWidth);
    const width = space.columns - labelWidth - 4;
    const text = `${label}  ${rowText(row, width)}`.trimEnd();
    if (text === '') return MARKS[row.state];
    return `${MARKS[row.state]} ${row.state === 'waiting' ? pc.dim(text) : text}`;
  });
  const hidden = rows.length - shown.length;
  return [...lines, joined(totalParts(rows, { ...space, hidden }), space.columns)];
}

/** Those that can be shown, in their order: what runs before what failed, what comes next, and what is done. */
function chosen(rows: readonly BoardRow[], room: number): BoardRow[] {
  if (rows.length <= room) return [...rows];
  const weight: Readonly<Record<TrialState, number>> = {
    running: 0,
    failed: 1,
    diverged: 1,
    interrupted: 1,
    skipped: 2,
    waiting: 3,
    finished: 4,
  };
  const kept = rows
    .map((row, index) => ({ row, index }))
    .sort((a, b) => weight[a.row.state] - weight[b.row.state] || a.index - b.index)
    .slice(0, room);
  return kept.sort((a, b) => a.index - b.index).map(({ row }) => row);
}

/** What is said of the whole, by weight. */
function totalParts(
  rows: readonly BoardRow[],
  { seconds, jobs, hidden }: BoardSpace & { readonly hidden: number },
): string[] {
  const count = (state: TrialState): number => rows.filter((row) => row.state === state).length;
  const left = secondsLeft(rows, jobs);
  return [
    `${count('finished')} of ${rows.length} trials`,
    ...(count('failed') > 0 ? [`${count('failed')} failed`] : []),
    ...(count('diverged') > 0 ? [`${count('diverged')} diverged`] : []),
    ...(hidden > 0 ? [`${hidden} not shown`] : []),
    ...(left === undefined || left < 1 ? [] : [`about ${duration(left)} left`]),
    `${duration(seconds)} so far`,
    ...(count('running') > 0 ? [`${count('running')} running`] : []),
  ];
}

/**
 * Seconds that are left: a running trial reports its own; one that has not begun, or made no step yet, is taken to need as
 * long as the others on average. Undefined while none of them has shown how long it needs.
 */
export function secondsLeft(rows: readonly BoardRow[], jobs: number): number | undefined {
  const whole: number[] = [];
  const running: number[] = [];
  let unknown = 0;
  for (const { state, progress, seconds } of rows) {
    if (state === 'finished' && seconds !== undefined) whole.push(seconds);
    if (state === 'waiting') unknown++;
    if (state !== 'running') continue;
    if (progress?.secondsLeft === undefined || progress.stepsPerSecond === undefined) {
      unknown++;
      continue;
    }
    whole.push(progress.totalSteps / progress.stepsPerSecond);
    running.push(progress.secondsLeft);
  }
  if (whole.length === 0) return undefined;
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return Math.max(...running, (sum(running) + (unknown * sum(whole)) / whole.length) / jobs);
}
