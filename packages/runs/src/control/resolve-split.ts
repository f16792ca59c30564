import { resolvePath } from '@medgan/files';
import { nearest, type Dataset, type Fault, type SplitRequest } from '@medgan/plugin-api';
import type { ControlFile } from './control-schema.ts';

type SplitKeys = Pick<ControlFile, 'split' | 'splits' | 'split_seed'>;

/** The parts of a control file that names none: as most reports have them. */
export const DEFAULT_SPLITS: Readonly<Record<string, number>> = { train: 0.8, val: 0.1, test: 0.1 };

/** Rounding aside, shares must be the whole. */
const TOLERANCE = 1e-6;

/** What is wrong with the keys `split`, `splits` and `split_seed`. */
export function splitFaults(control: SplitKeys, dataset: Dataset | undefined): Fault[] {
  const { split, splits, split_seed: seed } = control;
  const faults: Fault[] = [];
  const add = (key: string, message: string, cure: string): void => {
    faults.push({ path: [key], message, cure });
  };
  if (split === undefined) {
    if (splits !== undefined) add('splits', 'no part is asked for', 'add split: train, or remove splits');
    if (seed !== undefined)
      add('split_seed', 'no part is asked for', 'add split: train, or remove split_seed');
    return faults;
  }
  if (dataset && dataset.splittable !== true) {
    add('split', `the dataset ${dataset.name} cannot give a part of its images`, 'remove split');
  }
  if (typeof splits === 'string') {
    if (seed !== undefined) add('split_seed', 'a table of parts is not drawn', 'remove split_seed');
    return faults;
  }
  const shares = splits ?? DEFAULT_SPLITS;
  const sum = Object.values(shares).reduce((a, b) => a + b, 0);
  if (Math.abs(sum - 1) > TOLERANCE) {
    add('splits', `the shares are ${Number(sum.toFixed(6))} together, not 1`, 'name a part for the rest');
  }
  if (!(split in shares)) {
    const parts = Object.keys(shares);
    const guess = nearest(split, parts);
    add(
      'split',
      `no part is called ${JSON.stringify(split)}`,
      guess ? `did you mean ${guess}?` : `choose one of ${parts.join(', ')}`,
    );
  }
  return faults;
}

/** The part a control file asks for, for a dataset; nothing where it asks for none. */
export function splitRequest({ split, splits, split_seed: seed }: SplitKeys): { split?: SplitRequest } {
  if (split === undefined) return {};
  if (typeof splits === 'string') return { split: { part: split, table: resolvePath(splits) } };
  return { split: { part: split, fractions: splits ?? DEFAULT_SPLITS, seed: seed ?? 0 } };
}
