import { MedganError } from '@medgan/files';
import { denormalise } from '@medgan/plugin-api';
import { DIVERGED_CURE, nonFiniteText, nonFiniteValue } from './finite.ts';

/** uint8 images, NHWC. */
export interface ByteImages {
  readonly count: number;
  readonly size: number;
  readonly channels: number;
  readonly pixels: Uint8Array;
  /** What the generator drew instead of images, by index: their bytes mean nothing. Empty or absent: all are finite. */
  readonly nonFinite?: ReadonlyMap<number, number>;
}

/** Images as a generator draws them, float32 [count, size, size, channels] in [−1, 1], as bytes. */
export function byteImages(
  floats: Float32Array,
  { count, size, channels }: Pick<ByteImages, 'count' | 'size' | 'channels'>,
): ByteImages {
  const each = size * size * channels;
  const nonFinite = new Map<number, number>();
  for (let i = 0; i < count; i++) {
    const value = nonFiniteValue(floats.subarray(i * each, (i + 1) * each));
    if (value !== undefined) nonFinite.set(i, value);
  }
  return { count, size, channels, pixels: denormalise(floats), nonFinite };
}

/** Why images are no images, or undefined where all of them are finite: those below `count`, numbered from `first` on. */
export function nonFiniteReason(
  { nonFinite }: ByteImages,
  { first = 0, count = Infinity }: { readonly first?: number; readonly count?: number } = {},
): string | undefined {
  const [broken] = nonFinite ?? [];
  if (!broken || broken[0] >= count) return undefined;
  const [index, value] = broken;
  return `the generator gives ${nonFiniteText(value)} in image ${first + index}`;
}

/** @throws MedganError when one of the images holds NaN or infinity, naming the image */
export function requireFiniteImages(
  source: string,
  images: ByteImages,
  part: { readonly first?: number; readonly count?: number } = {},
): void {
  const reason = nonFiniteReason(images, part);
  if (reason !== undefined) throw new MedganError(`${source}: ${reason}`, { cure: DIVERGED_CURE });
}
