import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RunLog, type LogLine } from './log.ts';

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'medgan-log-'))));
afterEach(() => rmSync(dir, { recursive: true }));

const path = (): string => join(dir, 'log.jsonl');
const line = (step: number): LogLine => ({
  step,
  epoch: 1,
  time: 1000 * step,
  values: { 'loss/generator': step / 2, 'loss/discriminator': NaN } as never,
});

async function written(steps: number): Promise<string> {
  const log = await RunLog.open(dir);
  for (let step = 1; step <= steps; step++) log.add(line(step));
  await log.flush({ durable: true });
  return readFileSync(path(), 'utf8');
}

it('goes on after a step with the same bytes, and reads back what it wrote', async () => {
  const whole = await written(4);
  const log = await RunLog.open(dir, 2);
  expect(log.lines).toEqual([line(1), line(2)]);
  expect(readFileSync(path(), 'utf8')).toBe(whole.split('\n').slice(0, 2).join('\n') + '\n');
  for (const step of [3, 4]) log.add(line(step));
  await log.flush();
  await log.flush();
  expect(readFileSync(path(), 'utf8')).toBe(whole);
});

it('does not write the lines again that a checkpoint counts on', async () => {
  await written(3);
  const then = new Date('2020-01-01');
  utimesSync(path(), then, then);
  await RunLog.open(dir, 3);
  expect(statSync(path()).mtime).toEqual(then);
});

it('drops a line that was cut off', async () => {
  const whole = await written(2);
  writeFileSync(path(), `${whole}{"step":3,"epo`);
  expect((await RunLog.open(dir, 2)).lines).toHaveLength(2);
  expect(readFileSync(path(), 'utf8')).toBe(whole);
});

it('refuses a checkpoint that is ahead of it, and leaves the log as it is', async () => {
  const whole = await written(2);
  const cure = expect.stringContaining('resume from an older checkpoint') as string;
  await expect(RunLog.open(dir, 3)).rejects.toMatchObject({ cure });
  expect(readFileSync(path(), 'utf8')).toBe(whole);
  rmSync(path());
  await expect(RunLog.open(dir, 1)).rejects.toThrow('has fewer than the 1 lines');
});
