import { MedganError } from '@medgan/files';

/** Red, green, blue in 0…255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** An RGB picture: uint8, rows from the top, HWC [height, width, 3]. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

export const WHITE: Rgb = [255, 255, 255];

/** A rectangle in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * A picture of one colour.
 * @throws MedganError when a side is not a positive integer.
 */
export function createRaster(width: number, height: number, colour: Rgb = WHITE): Raster {
  if (![width, height].every((side) => Number.isInteger(side) && side > 0)) {
    throw new MedganError(`raster: no picture is ${width}×${height} pixels`, {
      cure: 'give both sides as positive integers',
    });
  }
  const raster: Raster = { width, height, pixels: new Uint8Array(width * height * 3) };
  fillBox(raster, { x: 0, y: 0, width, height }, colour);
  return raster;
}

/** Fills the part of `box` that lies inside the picture. */
export function fillBox(raster: Raster, box: Box, [red, green, blue]: Rgb): void {
  const right = Math.min(raster.width, box.x + box.width);
  const bottom = Math.min(raster.height, box.y + box.height);
  for (let y = Math.max(0, box.y); y < bottom; y++) {
    for (let x = Math.max(0, box.x); x < right; x++) {
      const at = (y * raster.width + x) * 3;
      raster.pixels[at] = red;
      raster.pixels[at + 1] = green;
      raster.pixels[at + 2] = blue;
    }
  }
}

/**
 * Copies `source` into `target` with its top left corner at (x, y).
 * @throws MedganError when it does not lie inside.
 */
export function paste(target: Raster, source: Raster, { x, y }: { x: number; y: number }): void {
  if (x < 0 || y < 0 || x + source.width > target.width || y + source.height > target.height) {
    throw new MedganError(
      `raster: ${source.width}×${source.height} at (${x}, ${y}) leaves ${target.width}×${target.height}`,
      { cure: 'make the target larger' },
    );
  }
  for (let row = 0; row < source.height; row++) {
    const from = row * source.width * 3;
    target.pixels.set(
      source.pixels.subarray(from, from + source.width * 3),
      ((y + row) * target.width + x) * 3,
    );
  }
}
