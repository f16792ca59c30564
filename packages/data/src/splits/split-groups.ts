import { createHash } from 'node:crypto';

/** What a split needs to know of an image. */
export interface SplitItem {
  /** Unique among the images. */
  readonly name: string;
  readonly label: number;
  /** The lesion or patient it shows; without one, the image stands for itself. */
  readonly group?: string;
}

/** How images are dealt out to parts: the same rule deals the same groups to the same parts. */
export interface SplitRule {
  /** Share of the images by part, in order: each in (0, 1), together 1. */
  readonly fractions: Readonly<Record<string, number>>;
  readonly seed: number;
}

interface Group {
  /** Its place in the order of the seed: depends on the seed and the group's name alone. */
  readonly rank: string;
  readonly members: number[];
}

function groupsOf(items: readonly SplitItem[], seed: number): Group[] {
  const groups = new Map<string, Group>();
  items.forEach(({ name, group }, i) => {
    const key = group === undefined ? `image ${name}` : `group ${group}`;
    const known = groups.get(key);
    if (known) known.members.push(i);
    else groups.set(key, { rank: createHash('sha256').update(`${seed} ${key}`).digest('hex'), members: [i] });
  });
  return [...groups.values()];
}

/** A group of several classes counts for the rarest of them, which has the fewest groups to spare. */
function stratify(groups: readonly Group[], items: readonly SplitItem[]): Map<number, Group[]> {
  const sizes = new Map<number, number>();
  for (const { label } of items) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  const strata = new Map<number, Group[]>();
  for (const group of groups) {
    const labels = group.members.map((i) => items[i]!.label);
    const rarest = labels.reduce((a, b) => {
      const difference = sizes.get(b)! - sizes.get(a)!;
      return difference < 0 || (difference === 0 && b < a) ? b : a;
    });
    const stratum = strata.get(rarest);
    if (stratum) stratum.push(group);
    else strata.set(rarest, [group]);
  }
  return strata;
}

/**
 * The part of every image, in the order of the images: whole groups, each class divided alike.
 *
 * The groups of a class are laid in a row, in an order drawn by the seed, and the row is cut at the fractions; a group
 * across a cut goes where its middle lies. So the images of a part differ from its exact share of the class by at most
 * the size of the class's largest group: by at most one image without groups. The order of `items` does not matter. When
 * images are added, only groups near a cut change sides; a table of the parts keeps them where they are for good.
 */
export function splitGroups(items: readonly SplitItem[], { fractions, seed }: SplitRule): string[] {
  const parts = Object.keys(fractions);
  const ends: number[] = [];
  let sum = 0;
  for (const part of parts) ends.push((sum += fractions[part]!));

  const chosen = new Array<string>(items.length);
  for (const stratum of stratify(groupsOf(items, seed), items).values()) {
    stratum.sort((a, b) => (a.rank < b.rank ? -1 : 1));
    const total = stratum.reduce((size, { members }) => size + members.length, 0);
    let before = 0;
    for (const { members } of stratum) {
      const middle = (before + members.length / 2) / total;
      const at = ends.findIndex((end) => middle < end);
      // The last end is 1 up to rounding.
      const part = parts.at(at)!;
      for (const i of members) chosen[i] = part;
      before += members.length;
    }
  }
  return chosen;
}
