/** Bits after the point in a weight: 32 less 8 for the sample and 2 to spare, as Pillow has it. */
const PRECISION_BITS = 22;

export interface Axis {
  readonly input: number;
  readonly output: number;
  /** First output position wanted. */
  readonly from: number;
  /** How many output positions are wanted. */
  readonly wanted: number;
}

/**
 * What each wanted output position is summed from: one record per position, `length` numbers each. They are the first input
 * position, the number of weights, and the weights in fixed point.
 */
export interface Taps {
  readonly records: Int32Array;
  readonly length: number;
}

/** Weights of a triangle of half-width max(1, input/output) input pixels: bilinear, antialiased when shrinking. */
export function triangleTaps({ input, output, from, wanted }: Axis): Taps {
  const scale = input / output;
  const support = Math.max(1, scale);
  const inverse = 1 / support;
  const most = Math.ceil(support) * 2 + 1;
  const length = 2 + most;
  const records = new Int32Array(wanted * length);
  const exact = new Float64Array(most);
  for (let i = 0; i < wanted; i++) {
    const centre = (from + i + 0.5) * scale;
    const begin = Math.max(0, Math.trunc(centre - support + 0.5));
    const count = Math.min(input, Math.trunc(centre + support + 0.5)) - begin;
    let total = 0;
    for (let t = 0; t < count; t++) {
      exact[t] = Math.max(0, 1 - Math.abs((t + begin - centre + 0.5) * inverse));
      total += exact[t]!;
    }
    const record = i * length;
    records[record] = begin;
    records[record + 1] = count;
    for (let t = 0; t < count; t++)
      records[record + 2 + t] = Math.trunc(0.5 + (exact[t]! / total) * (1 << PRECISION_BITS));
  }
  return { records, length };
}

/** The input positions that these taps read. */
export function reachOf({ records, length }: Taps): { readonly begin: number; readonly end: number } {
  const last = records.length - length;
  return { begin: records[0]!, end: records[last]! + records[last + 1]! };
}
