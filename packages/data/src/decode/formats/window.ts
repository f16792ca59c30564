/**
 * How values of more than 8 bits become bytes.
 *
 * - `auto`: a DICOM file's own window, or its smallest to its largest value where it has none; of other files the full
 *   range of their bits.
 * - `full`: the whole range that the stored bits can hold.
 * - `center`, `width`: DICOM's linear window (PS3.3 C.11.2.1.2.1), in the units of the values (Hounsfield for CT).
 * - `percentiles`: from the lower to the upper percentile of each image's own values.
 */
export type Window =
  | 'auto'
  | 'full'
  | { readonly center: number; readonly width: number }
  | { readonly percentiles: readonly [lower: number, upper: number] };

/** JSON Schema of a `Window`. */
export const WINDOW_SCHEMA = {
  anyOf: [
    { enum: ['auto', 'full'] },
    {
      type: 'object',
      properties: { center: { type: 'number' }, width: { type: 'number', minimum: 1 } },
      required: ['center', 'width'],
      additionalProperties: false,
    },
    {
      type: 'object',
      properties: {
        percentiles: {
          type: 'array',
          items: { type: 'number', minimum: 0, maximum: 100 },
          minItems: 2,
          maxItems: 2,
        },
      },
      required: ['percentiles'],
      additionalProperties: false,
    },
  ],
  description:
    "how more than 8 bits become 8: auto (a DICOM file's own window), full, {center, width} or {percentiles: [low, high]}",
} as const;

/** From a value to a grey level in 0 … 255, not yet rounded or clamped. */
export type ToLevel = (value: number) => number;

/** DICOM's LINEAR_EXACT function: the window is `width` wide and centred at `center`. */
export const exactWindow =
  (center: number, width: number): ToLevel =>
  (value) =>
    ((value - center) / width + 0.5) * 255;

/**
 * DICOM's LINEAR function: the window is `width` − 1 wide and centred half a value below `center`. It is defined from a
 * width of 1 on; files of small rescale slopes (PET, parametric maps) have smaller ones, which mean LINEAR_EXACT.
 */
export function linearWindow(center: number, width: number): ToLevel {
  if (width < 1) return exactWindow(center, width);
  if (width === 1) return (value) => (value <= center - 0.5 ? 0 : 255);
  return (value) => ((value - (center - 0.5)) / (width - 1) + 0.5) * 255;
}

/** `low` becomes 0, `high` 255; where they are equal everything is black. */
export const stretch = (low: number, high: number): ToLevel =>
  high > low ? (value) => ((value - low) / (high - low)) * 255 : () => 0;

/** Smallest and largest of the values. */
export function extent(values: ArrayLike<number>): readonly [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return values.length === 0 ? [0, 0] : [low, high];
}

/** The values at two percentiles (0 … 100), each the nearest one below or at its place. */
export function percentilesOf(
  values: Float32Array,
  [lower, upper]: readonly [number, number],
): readonly [low: number, high: number] {
  if (values.length === 0) return [0, 0];
  const sorted = values.slice().sort();
  const at = (percent: number): number => sorted[Math.floor((percent / 100) * (sorted.length - 1))]!;
  return [at(Math.min(lower, upper)), at(Math.max(lower, upper))];
}

/** Applies `toLevel` to every value; rounded to the nearest level, clamped to 0 … 255. */
export function toLevels(values: ArrayLike<number>, toLevel: ToLevel): Uint8Array {
  const levels = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const level = Math.floor(toLevel(values[i]!) + 0.5);
    levels[i] = level > 0 ? Math.min(level, 255) : 0;
  }
  return levels;
}
