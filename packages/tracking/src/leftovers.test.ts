import { MlflowError } from 'mlflow-ts-client';
import { describe, expect, it } from 'vitest';
import { isServerGone, leftoverLines, type Leftover } from './leftovers.ts';

describe('leftoverLines', () => {
  it('has one line for each kind of fault, with the number of folders', () => {
    const bucket = (run: string): MlflowError =>
      new MlflowError(`the server keeps artifacts at "s3://bucket/${run}"`, { cure: 'start it otherwise' });
    const leftovers: Leftover[] = [
      { dir: 'runs/a', part: 'files', error: bucket('a') },
      { dir: 'runs/b', part: 'run', error: new MlflowError('its run was deleted', { cure: 'restore it' }) },
      { dir: 'runs/c', part: 'files', error: bucket('c') },
      { dir: 'runs/d', part: 'files', error: bucket('d') },
    ];
    expect(leftoverLines(leftovers)).toEqual([
      'runs/a (and 2 more folders): its files not sent: the server keeps artifacts at "s3://bucket/a"\n  cure: start it otherwise',
      'runs/b: not sent: its run was deleted\n  cure: restore it',
    ]);
  });
});

describe('isServerGone', () => {
  it('is a fault that every other call would meet too', () => {
    const fault = (transient: boolean, status?: number): MlflowError =>
      new MlflowError('x', { transient, status });
    expect(isServerGone(fault(true))).toBe(true);
    expect(isServerGone(fault(true, 503))).toBe(true);
    expect(isServerGone(fault(true, 500))).toBe(false);
    expect(isServerGone(fault(false, 403))).toBe(false);
  });
});
