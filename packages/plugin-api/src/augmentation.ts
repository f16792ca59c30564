import type { OptionsSchema } from './options.ts';
import type { Named } from './registry.ts';
import type { Rng } from './rng.ts';

/** One square image: uint8, HWC [size, size, channels], 1 (grey) or 3 (RGB) channels. */
export interface ByteSquare {
  readonly size: number;
  readonly channels: 1 | 3;
  readonly pixels: Uint8Array;
}

/** A random change of a training image that leaves what it shows the same, such as a flip. */
export interface Augmentation<Options extends object = object> extends Named {
  readonly kind: 'augmentation';
  /** One line for lists. */
  readonly summary: string;
  readonly reference: string;
  readonly options: OptionsSchema;
  /** Options under which different streams give different images. */
  readonly tiny: Options;
  /**
   * The changed pixels, in the image's shape: an array of their own, or the image's where nothing changes. The image
   * is left as it is; equal streams give equal bytes.
   */
  apply(image: ByteSquare, rng: Rng, options: Options): Uint8Array;
}

/** Declares an augmentation plugin; the file's default export. */
export function defineAugmentation<Options extends object>(
  plugin: Omit<Augmentation<Options>, 'kind'>,
): Augmentation<Options> {
  return { kind: 'augmentation', ...plugin };
}
