import type { ImageFigures } from './image-figures.ts';

/** Images are alike when so many of their 64 hash bits differ at most … */
const HASH_DISTANCE = 7;
/**
 * … and their 16×16 thumbnails correlate at least so much. Measured on 2,714 dermoscopic images: copies saved again,
 * made smaller or brighter reach 0.998, two photographs of one lesion 0.994, different moles on plain skin 0.94.
 */
const CORRELATION = 0.98;
/** Thumbnails with less variance than this (grey levels squared) are flat: they are compared by their grey alone. */
const FLAT = 1;
const FLAT_DISTANCE = 2;

const WORDS = 4;
/** A word itself, and with one bit changed: among four words at most seven bits off, one is at most one bit off. */
const PROBES = [0, ...Array.from({ length: 16 }, (_, bit) => 1 << bit)];

function ones(word: number): number {
  let count = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) count++;
  return count;
}

function hashDistance(a: Uint16Array, b: Uint16Array): number {
  let distance = 0;
  for (let word = 0; word < WORDS; word++) distance += ones(a[word]! ^ b[word]!);
  return distance;
}

function looksAlike(a: Uint8Array, b: Uint8Array): boolean {
  let [sumA, sumB, squaresA, squaresB, products] = [0, 0, 0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    sumA += x;
    sumB += y;
    squaresA += x * x;
    squaresB += y * y;
    products += x * y;
  }
  const n = a.length;
  const [meanA, meanB] = [sumA / n, sumB / n];
  const [varianceA, varianceB] = [squaresA / n - meanA ** 2, squaresB / n - meanB ** 2];
  if (varianceA < FLAT || varianceB < FLAT)
    return varianceA < FLAT && varianceB < FLAT && Math.abs(meanA - meanB) <= FLAT_DISTANCE;
  return products / n - meanA * meanB >= CORRELATION * Math.sqrt(varianceA * varianceB);
}

export type Looks = Pick<ImageFigures, 'hash' | 'thumbnail'>;

/**
 * Sorts images into groups that look alike: every member is like the group's first, so a long chain of small steps makes
 * no group. Mirrored, turned and cropped copies are not found. Memory: about 300 bytes per group; time: about the same for
 * each image, however many there are.
 */
export class NearDuplicates {
  readonly #firsts: Looks[] = [];
  readonly #groups: number[][] = [];
  /** For each of the four words: the groups whose first image has it. */
  readonly #byWord: readonly Map<number, number[]>[] = Array.from({ length: WORDS }, () => new Map());

  /** Takes in image `index`; images are to come in an order that does not change from time to time. */
  add(index: number, looks: Looks): void {
    const found = this.#find(looks);
    if (found !== undefined) {
      this.#groups[found]!.push(index);
      return;
    }
    const group = this.#firsts.push(looks) - 1;
    this.#groups.push([index]);
    for (const [word, groups] of this.#byWord.entries()) {
      const key = looks.hash[word]!;
      const known = groups.get(key);
      if (known) known.push(group);
      else groups.set(key, [group]);
    }
  }

  /** The group whose first image is nearest by hash, of those that are alike. */
  #find({ hash, thumbnail }: Looks): number | undefined {
    let best: { group: number; distance: number } | undefined;
    for (const [word, groups] of this.#byWord.entries()) {
      for (const change of PROBES) {
        for (const group of groups.get(hash[word]! ^ change) ?? []) {
          const first = this.#firsts[group]!;
          const distance = hashDistance(hash, first.hash);
          if (distance > HASH_DISTANCE || (best && distance >= best.distance)) continue;
          if (!looksAlike(thumbnail, first.thumbnail)) continue;
          best = { group, distance };
        }
      }
    }
    return best?.group;
  }

  /** Groups of two and more. */
  groups(): readonly (readonly number[])[] {
    return this.#groups.filter(({ length }) => length > 1);
  }
}
