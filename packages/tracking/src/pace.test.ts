import { describe, expect, it } from 'vitest';
import { paceOf } from './pace.ts';

/** Steps 1, 2, … of 20 ms each; `pause` ms more before step 30. */
const log = (count: number, pause = 0): { step: number; time: number }[] =>
  Array.from({ length: count }, (_, i) => ({ step: i + 1, time: 1000 + 20 * i + (i >= 29 ? pause : 0) }));

describe('paceOf', () => {
  it('gives steps per second every 50 steps, whatever the pieces of the log', () => {
    const whole = paceOf(log(120), undefined);
    expect(whole.values).toEqual([
      { step: 51, time: 2000, stepsPerSecond: 50 },
      { step: 101, time: 3000, stepsPerSecond: 50 },
    ]);
    const first = paceOf(log(120).slice(0, 37), undefined);
    const second = paceOf(log(120).slice(37), first.state);
    expect([...first.values, ...second.values]).toEqual(whole.values);
    expect(second.state).toEqual(whole.state);
  });

  it('leaves a pause out', () => {
    expect(paceOf(log(60, 3_600_000), undefined).values.map(({ stepsPerSecond }) => stepsPerSecond)).toEqual([
      50,
    ]);
  });

  it('takes logs of every tenth step', () => {
    const sparse = log(200).filter(({ step }) => step % 10 === 0);
    expect(
      paceOf(sparse, undefined).values.map(({ step, stepsPerSecond }) => [step, stepsPerSecond]),
    ).toEqual([
      [60, 50],
      [110, 50],
      [160, 50],
    ]);
  });
});
