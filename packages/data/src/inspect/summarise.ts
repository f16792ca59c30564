import type { ImageFigures } from './image-figures.ts';
import type { ClassFigures, DuplicateGroup, InspectedImage, Inspection, Rgb, Spread } from './inspection.ts';

/** What is kept of a readable image. */
export interface Seen extends ImageFigures {
  readonly width: number;
  readonly height: number;
  /** sha256 of the file's bytes. */
  readonly digest: string;
  readonly format: string;
}

interface Everything {
  readonly classes: readonly string[];
  readonly images: readonly InspectedImage[];
  readonly seen: readonly (Seen | undefined)[];
  readonly faults: readonly (string | undefined)[];
}

const EXTENSIONS: Readonly<Record<string, RegExp>> = {
  JPEG: /\.(jpe?g|jpe|jfif)$/i,
  PNG: /\.png$/i,
  BMP: /\.(bmp|dib)$/i,
  TIFF: /\.tiff?$/i,
  WebP: /\.webp$/i,
  GIF: /\.gif$/i,
  // Scanners name their files by a number or not at all.
  DICOM: /\.(dcm|dicom|dic|ima)$|(^|\/)([^./]+|[\d.]+)$/i,
};

/** Sizes named in the report. */
const FREQUENT = 5;

function spreadOf(values: readonly number[]): Spread {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return { min: 0, median: 0, max: 0 };
  const upper = sorted[sorted.length >> 1]!;
  const median = sorted.length % 2 === 1 ? upper : (sorted[(sorted.length >> 1) - 1]! + upper) / 2;
  return { min: sorted[0]!, median, max: sorted.at(-1)! };
}

/** How often each key occurs, most frequent first; ties by key. */
function tally(keys: Iterable<string>): [key: string, count: number][] {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}

function colourOf(members: readonly Seen[]): ClassFigures['colour'] {
  if (members.length === 0) return undefined;
  const average = (pick: (image: Seen) => readonly number[], channel: number): number =>
    members.reduce((sum, image) => sum + pick(image)[channel]!, 0) / members.length;
  const mean = [0, 1, 2].map((channel) => average((image) => image.mean, channel));
  const sd = mean.map((m, channel) =>
    Math.sqrt(Math.max(0, average((image) => image.meanSquare, channel) - m * m)),
  );
  return { mean: mean as unknown as Rgb, sd: sd as unknown as Rgb };
}

function classFigures({ classes, images, seen }: Everything): ClassFigures[] {
  const members = classes.map((): number[] => []);
  images.forEach(({ label }, i) => {
    if (seen[i]) members[label]!.push(i);
  });
  return classes.map((name, label) => {
    const mine = members[label]!;
    const groups = new Set(mine.map((i) => images[i]!.group).filter((group) => group !== undefined));
    const colour = colourOf(mine.map((i) => seen[i]!));
    return {
      name,
      images: mine.length,
      ...(groups.size > 0 ? { groups: groups.size } : {}),
      ...(colour ? { colour } : {}),
    };
  });
}

/** Groups of images, by their names and classes. */
export function duplicateGroups(
  groups: readonly (readonly number[])[],
  { images, classes }: Pick<Everything, 'images' | 'classes'>,
): DuplicateGroup[] {
  return groups.map((members) => {
    const labels = [...new Set(members.map((i) => images[i]!.label))].sort((a, b) => a - b);
    return {
      names: members.map((i) => images[i]!.name),
      classes: labels.map((label) => classes[label]!),
      conflict: labels.length > 1,
    };
  });
}

/** Everything about a set of images but which of them are alike. */
export function summarise(all: Everything): Omit<Inspection, 'duplicates' | 'nearDuplicates'> {
  const { images, seen, faults } = all;
  const readable = seen.filter((image) => image !== undefined);
  const sizes = tally(readable.map(({ width, height }) => `${width}×${height}`));
  const isMisnamed = (i: number, name: string): boolean =>
    seen[i]?.format === name && EXTENSIONS[name]?.test(images[i]!.name) === false;
  return {
    images: images.length,
    classes: classFigures(all),
    sizes: {
      width: spreadOf(readable.map(({ width }) => width)),
      height: spreadOf(readable.map(({ height }) => height)),
      aspect: spreadOf(readable.map(({ width, height }) => width / height)),
      frequent: sizes.slice(0, FREQUENT).map(([size, count]) => {
        const [width, height] = size.split('×').map(Number) as [number, number];
        return { width, height, images: count };
      }),
    },
    formats: tally(readable.map(({ format }) => format)).map(([name, count]) => ({
      name,
      images: count,
      misnamed: images.filter((_, i) => isMisnamed(i, name)).length,
    })),
    unreadable: images.flatMap(({ name }, i) => {
      const reason = faults[i];
      return reason === undefined ? [] : [{ name, reason }];
    }),
  };
}
