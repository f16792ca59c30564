import { describe, expect, it } from 'vitest';
import { GpuSlots, visibleGpus } from './gpu-slots.ts';

const { signal } = new AbortController();

describe('GpuSlots', () => {
  it('spreads trials over the devices, and lets the next one wait for a place', async () => {
    const slots = new GpuSlots(['0', '1'], 1);
    expect([await slots.take(signal), await slots.take(signal)]).toEqual(['0', '1']);
    const third = slots.take(signal);
    slots.give('1');
    expect(await third).toBe('1');
  });

  it('puts several trials on a device where that is asked for', async () => {
    const slots = new GpuSlots(['0', '1'], 2);
    const taken = [];
    for (let trial = 0; trial < 4; trial++) taken.push(await slots.take(signal));
    expect(taken).toEqual(['0', '1', '0', '1']);
  });

  it('gives none where there is none, and none to a trial that is to end', async () => {
    expect(await new GpuSlots([], 1).take(signal)).toBeUndefined();
    const slots = new GpuSlots(['0'], 1);
    await slots.take(signal);
    const stop = new AbortController();
    const second = slots.take(stop.signal);
    stop.abort();
    expect(await second).toBeUndefined();
  });
});

describe('visibleGpus', () => {
  it('takes those that CUDA_VISIBLE_DEVICES leaves', () => {
    expect(visibleGpus({ CUDA_VISIBLE_DEVICES: '2,GPU-5e0f' })).toEqual(['2', 'GPU-5e0f']);
    expect(visibleGpus({ CUDA_VISIBLE_DEVICES: '' })).toEqual([]);
  });
});
