/** Values by log key (`loss/generator`) or metric (`psnr`). */
export type Figures = Readonly<Record<string, number>>;

/** JSON has no NaN and no infinities, and a loss that is one must be seen: they are written as texts. */
export const withoutNaN = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;

/** Figures as they were, out of JSON that `withoutNaN` made. */
export const figuresOf = (figures: Figures): Figures =>
  Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, Number(value)]));
