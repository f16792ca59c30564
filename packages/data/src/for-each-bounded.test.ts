import { expect, it } from 'vitest';
import { forEachBounded } from './for-each-bounded.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('does everything, never more than the limit at once', async () => {
  let active = 0;
  let most = 0;
  const done: number[] = [];
  const items = Array.from({ length: 20 }, (_, i) => i);
  await forEachBounded(items, { limit: 3 }, async (item) => {
    most = Math.max(most, ++active);
    await turn();
    active--;
    done.push(item);
  });
  expect(most).toBe(3);
  expect(done.sort((a, b) => a - b)).toEqual(items);
});

it('starts nothing after a failure and throws it when the rest is done', async () => {
  const started: number[] = [];
  let finished = 0;
  const run = forEachBounded([0, 1, 2, 3, 4, 5], { limit: 2 }, async (item) => {
    started.push(item);
    if (item === 1) throw new Error('one');
    await turn();
    finished++;
  });
  await expect(run).rejects.toThrow('one');
  expect(started).toEqual([0, 1]);
  expect(finished).toBe(1);
});

it('stops with the reason of the signal', async () => {
  const abort = new AbortController();
  let started = 0;
  const run = forEachBounded([0, 1, 2, 3], { limit: 1, signal: abort.signal }, async () => {
    if (++started === 2) abort.abort(new Error('enough'));
    await turn();
  });
  await expect(run).rejects.toThrow('enough');
  expect(started).toBe(2);
});

it('is content with nothing to do', async () => {
  await forEachBounded([], { limit: 2 }, () => Promise.reject(new Error('never')));
});
