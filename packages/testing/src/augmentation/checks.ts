import assert from 'node:assert/strict';
import { createRng, type Augmentation, type ByteSquare } from '@medgan/plugin-api';
import type { Check } from '../check.ts';
import { pluginChecks } from '../plugin-checks.ts';

/** An augmentation under test, with its options filled in. */
export interface AugmentationSubject {
  readonly augmentation: Augmentation;
  readonly options: object;
}

/** Odd and even sides, and a single pixel, in grey and in colour. */
const SHAPES: readonly (readonly [size: number, channels: 1 | 3])[] = [
  [1, 1],
  [1, 3],
  [4, 1],
  [5, 3],
  [16, 3],
];

/** Streams that must not all give the same image. */
const SEEDS = Array.from({ length: 32 }, (_, i) => `seed ${i}`);

/** Noise: any change of place or level shows. */
function noise(size: number, channels: 1 | 3): ByteSquare {
  const rng = createRng(`${size}×${channels}`);
  const pixels = Uint8Array.from({ length: size * size * channels }, () => rng.integer(256));
  return { size, channels, pixels };
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

function forEachShape(body: (image: ByteSquare, shape: string) => void): void {
  for (const [size, channels] of SHAPES) body(noise(size, channels), `${size}×${size}×${channels}`);
}

/** What every augmentation must do. */
export const augmentationChecks: readonly Check<AugmentationSubject>[] = [
  ...pluginChecks<AugmentationSubject>(({ augmentation }) => augmentation),
  {
    name: 'gives bytes in the shape of the image, of any size, in grey and in colour',
    run: ({ augmentation, options }) =>
      forEachShape((image, shape) => {
        for (const seed of SEEDS) {
          const changed = augmentation.apply(image, createRng(seed), options);
          assert.ok(changed instanceof Uint8Array, `${shape}: not a Uint8Array`);
          assert.equal(changed.length, image.pixels.length, `${shape}: bytes`);
        }
      }),
  },
  {
    name: 'leaves the image it is given as it is',
    run: ({ augmentation, options }) =>
      forEachShape((image, shape) => {
        const before = image.pixels.slice();
        for (const seed of SEEDS) {
          augmentation.apply(image, createRng(seed), options);
          assert.ok(equal(image.pixels, before), `${shape}: the image was written to`);
        }
      }),
  },
  {
    name: 'gives the same bytes for the same stream, whatever it did before',
    run: ({ augmentation, options }) =>
      forEachShape((image, shape) => {
        const once = SEEDS.map((seed) => augmentation.apply(image, createRng(seed), options).slice());
        for (const [i, seed] of SEEDS.entries()) {
          const again = augmentation.apply(image, createRng(seed), options);
          assert.ok(equal(again, once[i]!), `${shape}, ${seed}: other bytes the second time`);
        }
      }),
  },
  {
    name: 'gives different images for different streams, under its tiny options',
    run({ augmentation }) {
      const image = noise(16, 3);
      const results = SEEDS.map((seed) =>
        Buffer.from(augmentation.apply(image, createRng(seed), augmentation.tiny)).toString('latin1'),
      );
      assert.ok(new Set(results).size > 1, 'the stream does not matter');
    },
  },
];
