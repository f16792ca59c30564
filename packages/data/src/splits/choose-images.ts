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
 * Refuses to split by groups that most images lack: the groups would not keep the parts apart.
 * `misfit` says what of a table does not fit the images.
 */
export function requireGroups(
  items: readonly Pick<SplitItem, 'group'>[],
  { who, misfit }: { readonly who: string; readonly misfit?: string | undefined },
): void {
  const alone = items.filter(({ group }) => group === undefined).length;
  if (2 * alone <= items.length) return;
  throw new MedganError(
    `${who}: ${misfit ?? `${alone} of ${items.length} images have no group`}: a split by these groups would not keep images of one lesion or patient together`,
    {
      cure: 'give every image its row and its group; where images without a group are each a lesion of their own, set ungrouped: alone among the dataset_options of a control file',
    },
  );
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
 * The images a run asks for, in their final order: of one part where it names one; then, of each class in its share, the
 * first by name, in the order of `items`, or the first of one permutation drawn by the seed. A smaller subset lies in
 * every larger one; a drawn one begins it.
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
  if (subsetOrder === 'first') {
    const chosen = new Set(stratified(part).slice(0, subset));
    return part.filter((item) => chosen.has(item));
  }
  const order = rng.split('subset').permutation(part.length);
  return stratified(Array.from(order, (i) => part[i]!)).slice(0, subset);
}

/**
 * The items in an order of which every beginning holds the classes in the shares of the whole, and one image of each
 * class before a second of any: image i of a class of n comes at the place i / n, classes taking turns where they meet.
 * Items of one class keep their order.
 */
function stratified<T extends SplitItem>(items: readonly T[]): readonly T[] {
  const sizes = new Map<number, number>();
  for (const { label } of items) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  const seen = new Map<number, number>();
  return items
    .map((item) => {
      const before = seen.get(item.label) ?? 0;
      seen.set(item.label, before + 1);
      return { item, place: before / sizes.get(item.label)! };
    })
    .sort((a, b) => a.place - b.place || a.item.label - b.item.label)
    .map(({ item }) => item);
}
