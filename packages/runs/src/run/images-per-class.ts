import { plural } from '@medgan/files';
import type { PackedImages } from '@medgan/plugin-api';

type Labelled = Pick<PackedImages, 'classes' | 'labels' | 'count'>;

/** How many images each class has, in the order of the classes. */
export function imagesPerClass({ classes, labels }: Labelled): number[] {
  const counts = classes.map(() => 0);
  for (const label of labels) counts[label]!++;
  return counts;
}

/** `120 images of melanoma (80), nevus (40)`; a single class needs no count of its own. */
export function countsText(images: Labelled): string {
  const { classes, count } = images;
  const each = imagesPerClass(images).map((n, label) => `${classes[label]} (${n})`);
  return `${plural(count, 'image')} of ${classes.length === 1 ? classes[0] : each.join(', ')}`;
}
