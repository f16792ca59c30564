import type { Sharp } from 'sharp';
import type { ByteImage } from '../../byte-image.ts';
import { linearWindow, percentilesOf, stretch, toLevels, type ToLevel, type Window } from './window.ts';

/** A window that says which values become black and white, whatever the bits. */
export type ExplicitWindow = Exclude<Window, string>;

/** The window where it names values; undefined for `auto` and `full`. */
export const explicitWindow = (window: Window | undefined): ExplicitWindow | undefined =>
  typeof window === 'object' ? window : undefined;

/** The grey level of each value under `window`; percentiles are those of `values`. */
export function windowLevels(values: Float32Array, window: ExplicitWindow): ToLevel {
  if ('center' in window) return linearWindow(window.center, window.width);
  return stretch(...percentilesOf(values, window.percentiles));
}

/**
 * Samples of any depth through a window to RGB uint8 [height, width, 3]. One window serves all channels, so colours
 * keep their hue.
 */
export async function readThroughWindow(image: Sharp, window: ExplicitWindow): Promise<ByteImage> {
  const { channels: stored, hasAlpha } = await image.metadata();
  const { data, info } = await image
    .autoOrient()
    .removeAlpha()
    .toColourspace(stored - (hasAlpha ? 1 : 0) >= 3 ? 'rgb16' : 'grey16')
    .raw({ depth: 'float' })
    .toBuffer({ resolveWithObject: true });
  const values = new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4);
  const levels = toLevels(values, windowLevels(values, window));
  const { width, height } = info;
  if (info.channels === 3) return { width, height, channels: 3, data: levels };
  const rgb = new Uint8Array(levels.length * 3);
  levels.forEach((level, i) => rgb.fill(level, 3 * i, 3 * i + 3));
  return { width, height, channels: 3, data: rgb };
}
