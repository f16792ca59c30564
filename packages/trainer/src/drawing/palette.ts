import type { Rgb } from './raster.ts';

/** Text, in grids and curves. */
export const INK = '#1f2933';
/** Notes and tick labels. */
export const FAINT_INK = '#52606d';
export const GRID_LINE = '#e4e7eb';
export const AXIS_LINE = '#9aa5b1';

/**
 * Line colours a colour-blind reader can tell apart, each with a contrast of at least 3:1 on white. They follow the
 * palette of Okabe and Ito (2008), the light ones darkened.
 */
export const LINE_COLOURS = ['#0072b2', '#d55e00', '#00795a', '#a3458c', '#8a6a00', '#56697a'] as const;

/** `#rrggbb` as red, green, blue in 0…255. */
export function rgbOf(colour: string): Rgb {
  const value = Number.parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
