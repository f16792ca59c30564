import type { Augmentation } from '@medgan/plugin-api';
import { augmentationContract } from '@medgan/testing';
import { describe, expect, it } from 'vitest';
import * as exported from '../index.ts';

const augmentations = (Object.values(exported) as unknown[]).filter(
  (value): value is Augmentation =>
    typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'augmentation',
);

for (const augmentation of augmentations) augmentationContract(augmentation);
augmentationContract(exported.colourJitter, { brightness: 1, contrast: 1, saturation: 1, hue: 0.5 });

describe('the built-in augmentations', () => {
  it('are these, at least', () => {
    expect(augmentations.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['colour-jitter', 'horizontal-flip', 'quarter-turns', 'vertical-flip']),
    );
  });
});
