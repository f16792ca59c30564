import { expect, it } from 'vitest';
import { endedBy, isQueued, kindOf, leavesMarker } from './states.ts';

it.each([
  ['PENDING', 'active'],
  ['COMPLETING', 'active'],
  ['REQUEUE_HOLD', 'active'],
  ['CANCELLED by 1000', 'ended'],
  ['CANCELLED+', 'ended'],
  ['TIMEOUT', 'ended'],
  ['NODE_FAIL', 'node-failure'],
  ['BOOT_FAIL', 'node-failure'],
  ['', 'unknown'],
  ['SOMETHING_NEW', 'unknown'],
])('%s is %s', (state, kind) => expect(kindOf(state)).toBe(kind));

it('says what ended a job, and what can be asked of it', () => {
  expect(endedBy('CANCELLED by 1000')).toBe('a cancellation in Slurm (scancel)');
  expect([isQueued('PENDING'), isQueued('RUNNING')]).toEqual([true, false]);
  expect([leavesMarker('FAILED'), leavesMarker('TIMEOUT')]).toEqual([true, false]);
});
