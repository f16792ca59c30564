import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { EXIT_INTERRUPTED, untilInterrupted } from './interrupt.ts';

/** Presses Ctrl-C, as far as this process can see. */
const interrupt = (): boolean => process.emit('SIGINT');

it('gives the exit code of work that comes to its end, though Ctrl-C was pressed', async () => {
  const heard: string[] = [];
  const before = process.listenerCount('SIGINT');
  const code = await untilInterrupted(
    (signal) => {
      interrupt();
      return Promise.resolve(signal.aborted ? 3 : 0);
    },
    { onFirst: () => heard.push('first'), onBrokenOff: () => heard.push('broken off') },
  );
  expect([code, heard]).toEqual([3, ['first']]);
  expect(process.listenerCount('SIGINT')).toBe(before);
});

it.each<[string, (signal: AbortSignal) => Promise<unknown>]>([
  ["the signal's reason", (signal) => Promise.reject(signal.reason as Error)],
  ['what Node throws', (signal) => sleep(60_000, undefined, { signal })],
])('ends with 130 where work breaks off with %s', async (_, breakOff) => {
  const heard: string[] = [];
  const work = async (signal: AbortSignal): Promise<number> => {
    interrupt();
    await breakOff(signal);
    return 0;
  };
  const code = await untilInterrupted(work, { onBrokenOff: () => heard.push('broken off') });
  expect([code, heard]).toEqual([EXIT_INTERRUPTED, ['broken off']]);
});

it('hides no other fault, not even after Ctrl-C', async () => {
  const work = (): Promise<number> => {
    interrupt();
    return Promise.reject(new Error('no room on the disk'));
  };
  await expect(untilInterrupted(work)).rejects.toThrow('no room on the disk');
});
