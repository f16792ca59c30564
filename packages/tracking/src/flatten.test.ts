import { describe, expect, it } from 'vitest';
import { flatten, trackedName } from './flatten.ts';

describe('flatten', () => {
  it('names nested settings by their paths', () => {
    expect(
      flatten({
        sizes: { imageSize: 64 },
        classes: ['melanoma', 'nevus'],
        augment: [{ name: 'flip' }],
        maxSteps: undefined,
        isOn: false,
      }),
    ).toEqual({
      'sizes.imageSize': 64,
      classes: 'melanoma, nevus',
      augment: '{"name":"flip"}',
      isOn: false,
    });
  });

  it('replaces what MLflow takes in no name', () => {
    expect(trackedName('fid@random-conv (64)')).toBe('fid_random-conv _64_');
    expect(trackedName('x'.repeat(300))).toHaveLength(250);
  });
});
