import { MedganError, type DatasetContext } from '@medgan/plugin-api';
import { splitGroups, type SplitItem } from './split-groups.ts';
import { readSplitTable, requirePart } from './split-table.ts';

/** What a run asks for of a dataset: a part, and how many images of it. */
export type Choice = Pick<DatasetContext, 'split' | 'subset' | 'subsetOrder' | 'rng'>;

/** What `chooseImages` must know of the dataset, for groups and for messages. */
export interface ChooseOptions<T extends SplitItem> {
  /** Names the dataset in errors: `dataset image-folder`. */
  readonly who: string;
  /**
   * All images, those of unwanted classes too, where groups hold several classes: a patient then lands in the same part
   * whatever classes a run asks for.
   */
  readonly all?: readonly T[];
  /** How to come by more images: `raise count`. */
  readonly more?: string;
}

/**
 * The part of every image, in the order of `items`.
 * @throws MedganError when a table of parts does not fit the images.
 */
export async function partsOf<T extends SplitItem>(
  items: readonly T[],
  { split, who, all = items }: ChooseOptions<T> & { readonly split: NonNullable<Choice['split']> },
): Promise<string[]> {
  if ('table' in split) return readSplitTable(split.table, { who, items });
  const parts = splitGroups(all, split);
  if (all === items) return parts;
  const partOf = new Map(all.map(({ name }, i) => [name, parts[i]!]));
  return items.map(({ name }) => partOf.get(name)!);
}

async function onePart<T extends SplitItem>(
  items: readonly T[],
  options: ChooseOptions<T> & { readonly split: NonNullable<Choice['split']> },
): Promise<readonly T[]> {
  const { split, who } = options;
  if ('fractions' in split) requirePart(split.part, Object.keys(split.fractions), who);
  const parts = await partsOf(items, options);
  if ('table' in split) requirePart(split.part, parts, who);
  const chosen = items.filter((_, i) => parts[i] === split.part);
  if (chosen.length === 0) {
    throw new MedganError(
      `${who}: the part ${JSON.stringify(split.part)} of ${items.length} images has no image`,
      { cure: 'give it a larger fraction, or use more images' },
    );
  }
  return chosen;
}

/**
 * The images a run asks for, in their final order: of one part where it names one; then the first `subset`, or the first
 * `subset` of one permutation drawn by the seed, so that a smaller subset is the beginning of every larger one.
 * @throws MedganError when there is no image or no such part, it is empty, or the subset is larger than what there is.
 */
export async function chooseImages<T extends SplitItem>(
  items: readonly T[],
  { split, subset, subsetOrder, rng }: Choice,
  options: ChooseOptions<T>,
): Promise<readonly T[]> {
  if (items.length === 0)
    throw new MedganError(`${options.who} found no image`, {
      cure: 'look at path, and at what is asked for',
    });
  const part = split === undefined ? items : await onePart(items, { ...options, split });
  if (subset === undefined) return part;
  if (!Number.isInteger(subset) || subset < 1 || subset > part.length) {
    const what = split === undefined ? 'images' : `images of the part ${split.part}`;
    throw new MedganError(`${options.who}: subset ${subset} of ${part.length} ${what}`, {
      cure: options.more
        ? `set subset to 1 … ${part.length}, leave it out to use all, or ${options.more}`
        : `set subset to 1 … ${part.length}, or leave it out to use all`,
    });
  }
  if (subsetOrder === 'first') return part.slice(0, subset);
  const order = rng.split('subset').permutation(part.length);
  return Array.from(order.subarray(0, subset), (i) => part[i]!);
}
