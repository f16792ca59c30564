import { readClassFolders } from '../find/class-folders.ts';
import type { LeftAside } from '../find/left-aside.ts';
import { inspectImages, type InspectOptions } from './inspect-images.ts';
import type { Inspection, SheetRows } from './inspection.ts';

/**
 * Looks at every image of a folder as the dataset `image-folder` would take it: a folder for each class, or one flat
 * folder. Links out of the folder are unreadable.
 * @throws MedganError when there is no such folder or no image in it.
 */
export async function inspectFolder(
  path: string,
  options: InspectOptions,
): Promise<{ inspection: Inspection; sheet: SheetRows }> {
  const { classes, files, leftAside, looseIgnored } = await readClassFolders(path, { outsideLinks: false });
  const images = files.map(({ path: file, ...rest }) => ({ ...rest, source: { path: file } }));
  const { inspection, sheet } = await inspectImages({ classes, images }, options);
  const beside: LeftAside[] =
    looseIgnored === 0
      ? []
      : [{ reason: 'beside class folders', what: 'images', count: looseIgnored, examples: [] }];
  return { inspection: { ...inspection, leftAside: [...leftAside, ...beside] }, sheet };
}
