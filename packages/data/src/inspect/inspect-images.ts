import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { faultOf } from '../decode/decoder/decode-file.ts';
import { forEachBounded } from '../for-each-bounded.ts';
import { decodeImage } from '../decode/decode-image.ts';
import type { DecodeSettings } from '../decode/formats/format.ts';
import { formatOf } from '../decode/formats/formats.ts';
import { fitImage } from '../decode/fit-image.ts';
import type { ByteImage } from '../byte-image.ts';
import { figuresOf } from './image-figures.ts';
import type { InspectedImage, Inspection, SheetRows } from './inspection.ts';
import { NearDuplicates } from './near-duplicates.ts';
import { duplicateGroups, summarise, type Seen } from './summarise.ts';

/** How a folder is looked through. */
export interface InspectOptions extends DecodeSettings {
  /** Images under way at once. */
  readonly workers: number;
  /** Images of each class on the contact sheet, and their side in pixels. */
  readonly sheet: { readonly columns: number; readonly side: number };
  readonly signal?: AbortSignal;
  /** Called after each image: how many were inspected, of how many. */
  readonly onProgress?: (done: number, total: number) => void;
}

interface Loaded {
  readonly image: ByteImage;
  readonly digest: string;
  readonly format: string;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64');

async function load({ source, fault }: InspectedImage, settings: DecodeSettings): Promise<Loaded> {
  if (fault !== undefined) throw new Error(fault);
  if ('make' in source) {
    const image = await source.make();
    return { image, digest: sha256(image.data), format: 'given by the dataset' };
  }
  const bytes = await readFile(source.path);
  const image = await decodeImage(bytes, settings.maxPixels, settings.window);
  return { image, digest: sha256(bytes), format: formatOf(bytes)!.name };
}

/** Which images go on the sheet: so many of each class, evenly spread over it. */
function chooseShown(
  images: readonly InspectedImage[],
  classes: number,
  columns: number,
): ReadonlySet<number> {
  const byClass = Array.from({ length: classes }, (): number[] => []);
  for (const [i, { label, fault }] of images.entries()) if (fault === undefined) byClass[label]!.push(i);
  return new Set(
    byClass.flatMap((members) =>
      Array.from(
        { length: Math.min(columns, members.length) },
        (_, k) => members[Math.floor((k * members.length) / Math.min(columns, members.length))]!,
      ),
    ),
  );
}

/** A square RGB cut-out of an image. */
function cutOut(image: ByteImage, side: number): Uint8Array {
  const out = new Uint8Array(side * side * 3);
  fitImage(image, { size: side, channels: 3 }, out);
  return out;
}

/**
 * Looks at every image once. Of each, some 500 bytes are kept: 100,000 images take 50 MB, whatever their size.
 * @throws the signal's reason when aborted. What cannot be read is in the result, not thrown.
 */
export async function inspectImages(
  { classes, images }: { readonly classes: readonly string[]; readonly images: readonly InspectedImage[] },
  options: InspectOptions,
): Promise<{ inspection: Inspection; sheet: SheetRows }> {
  const { workers, signal, onProgress } = options;
  const { columns, side } = options.sheet;
  const seen = new Array<Seen | undefined>(images.length);
  const faults = new Array<string | undefined>(images.length);
  const shown = chooseShown(images, classes.length, columns);
  const cutOuts = new Map<number, Uint8Array>();
  let done = 0;
  await forEachBounded(images, { limit: workers, signal }, async (item, i) => {
    try {
      const { image, digest, format } = await load(item, options);
      const { width, height } = image;
      seen[i] = { width, height, digest, format, ...figuresOf(image) };
      if (shown.has(i)) cutOuts.set(i, cutOut(image, side));
    } catch (error) {
      faults[i] = faultOf(error);
    }
    onProgress?.(++done, images.length);
  });

  const alike = new NearDuplicates();
  const firstOf = new Map<string, number[]>();
  seen.forEach((figures, i) => {
    if (!figures) return;
    const same = firstOf.get(figures.digest);
    if (same) same.push(i);
    else {
      firstOf.set(figures.digest, [i]);
      alike.add(i, figures);
    }
  });
  const exact = [...firstOf.values()].filter(({ length }) => length > 1);
  const sheet = classes.flatMap((name, label) => {
    const parts = [...shown].filter((i) => images[i]!.label === label).flatMap((i) => cutOuts.get(i) ?? []);
    if (parts.length === 0) return [];
    const pixels = new Uint8Array(Buffer.concat(parts));
    return [{ name, images: { size: side, channels: 3, count: parts.length, pixels } }];
  });
  const inspection = {
    ...summarise({ classes, images, seen, faults }),
    duplicates: duplicateGroups(exact, { images, classes }),
    nearDuplicates: duplicateGroups(alike.groups(), { images, classes }),
  };
  return { inspection, sheet };
}
