import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storedShape } from '@medgan/engine';
import { shapeScope, type Architecture, type ParameterShape } from '@medgan/plugin-api';
import dcgan from './dcgan.ts';
import fastgan from './fastgan.ts';
import { IMAGE_SIZES } from './networks.ts';
import resnetSngan from './resnet-sngan.ts';
import sngan from './sngan.ts';
import wganGp from './wgan-gp.ts';

const shapesOf = (build: (notes: ParameterShape[]) => unknown): Map<string, readonly number[]> => {
  const notes: ParameterShape[] = [];
  build(notes);
  return new Map(notes.map(({ name, shape }) => [name, storedShape(shape)]));
};

const anySizes = fc.record({
  imageSize: fc.constantFrom(...IMAGE_SIZES),
  channels: fc.constantFrom(1, 3),
  latentSize: fc.integer({ min: 1, max: 300 }),
  generatorFeatures: fc.integer({ min: 1, max: 128 }),
});

describe.each([dcgan, fastgan, resnetSngan, sngan, wganGp] as Architecture[])(
  'the sizes of a $name generator',
  (architecture) => {
    it('are read off the shapes of its parameters', () => {
      fc.assert(
        fc.property(anySizes, (sizes) => {
          const shapes = shapesOf((notes) =>
            architecture.generator({ ...sizes, discriminatorFeatures: 1 }, {}, shapeScope(notes)),
          );
          expect(architecture.generatorSizes!(shapes)).toEqual(sizes);
        }),
      );
    });

    it('are not read off a discriminator, nor off half a generator', () => {
      fc.assert(
        fc.property(anySizes, fc.nat(), (sizes, which) => {
          const all = { ...sizes, discriminatorFeatures: sizes.generatorFeatures };
          const options = { discriminator: 'plain' };
          const other = shapesOf((notes) => architecture.discriminator(all, options, shapeScope(notes)));
          expect(architecture.generatorSizes!(other)).toBeUndefined();

          const own = shapesOf((notes) => architecture.generator(all, options, shapeScope(notes)));
          const weights = [...own].filter(([, shape]) => shape.length > 1);
          own.delete(weights[which % weights.length]![0]);
          expect(architecture.generatorSizes!(own)).toBeUndefined();
        }),
      );
    });
  },
);
