import { defined } from '@medgan/files';
import type { PackedImages } from '@medgan/plugin-api';

/** All that images hold, as plain values: `pixels` is uint8, NHWC. */
export type Contents = Omit<PackedImages, 'read' | 'close'> & { readonly pixels: Uint8Array };

/** Reads everything and closes the images. */
export async function contentsOf(images: PackedImages): Promise<Contents> {
  const pixels = await images.read(Uint32Array.from({ length: images.count }, (_, i) => i));
  await images.close();
  const { size, channels, count, labels, classes, names, groups, fingerprint, skipped } = images;
  return {
    ...{ size, channels, count, labels, classes, names, fingerprint, skipped, pixels },
    ...defined({ groups }),
  };
}
