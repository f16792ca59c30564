import { augmentationContract } from '@medgan/testing';
import { describe, expect, it } from 'vitest';
import * as exported from '../index.ts';

const augmentations = [
  exported.colourJitter,
  exported.horizontalFlip,
  exported.quarterTurns,
  exported.verticalFlip,
];

for (const augmentation of augmentations) augmentationContract(augmentation);
augmentationContract(exported.colourJitter, { brightness: 1, contrast: 1, saturation: 1, hue: 0.5 });

describe('the built-in augmentations', () => {
  it('are these', () => {
    const names = Object.values(exported).flatMap((plugin) =>
      typeof plugin === 'object' && 'kind' in plugin && plugin.kind === 'augmentation' ? [plugin.name] : [],
    );
    expect(names).toEqual(['colour-jitter', 'horizontal-flip', 'quarter-turns', 'vertical-flip']);
  });
});
