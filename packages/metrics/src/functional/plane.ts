import type { MetricImages } from '@medgan/plugin-api';

/** One channel of one image, with a border of zeros on every side, so that filters need no edge cases. */
export interface Plane {
  readonly height: number;
  readonly width: number;
  readonly border: number;
  /** Distance from one row to the next. */
  readonly stride: number;
  /** Index of the top left pixel. */
  readonly origin: number;
  /** (height + 2·border) × stride values; the border is never written. */
  readonly data: Float32Array;
}

/** A plane of zeros. */
export function createPlane(height: number, width: number, border: number): Plane {
  const stride = width + 2 * border;
  const origin = border * stride + border;
  return { height, width, border, stride, origin, data: new Float32Array((height + 2 * border) * stride) };
}

/** Weights of red, green and blue in a colour plane. */
export type ColourWeights = readonly [number, number, number];

/** Luminance of RGB as in ITU-R BT.601, the Y of YIQ. */
export const luminance: ColourWeights = [0.299, 0.587, 0.114];

/**
 * Fills `plane` with a weighted sum of the channels of image `index`; a grey image is copied as it is.
 * The plane has the size of the image.
 */
export function fillColour(
  plane: Plane,
  source: { readonly images: MetricImages; readonly index: number },
  weights: ColourWeights,
): void {
  const { images, index } = source;
  const { values, channels } = images;
  const { height, width, stride, origin, data } = plane;
  const [red, green, blue] = weights;
  let from = index * height * width * channels;
  for (let row = 0; row < height; row++) {
    const start = origin + row * stride;
    if (channels === 1) {
      data.set(values.subarray(from, from + width), start);
      from += width;
      continue;
    }
    for (let at = start; at < start + width; at++) {
      data[at] = red * values[from]! + green * values[from + 1]! + blue * values[from + 2]!;
      from += 3;
    }
  }
}

/** Pixels left of `size` when averaged by `factor`, the last, incomplete window included. */
export function pooledSize(size: number, factor: number): number {
  return Math.ceil(size / factor);
}

/**
 * Averages windows of factor × factor pixels of `from` into `to`. Windows that reach over the edge average the pixels
 * they have (PyTorch's `avg_pool2d` with `ceil_mode`).
 */
export function averagePool(from: Plane, to: Plane, factor: number): void {
  for (let row = 0; row < to.height; row++) {
    const firstRow = row * factor;
    const rows = Math.min(factor, from.height - firstRow);
    for (let column = 0; column < to.width; column++) {
      const firstColumn = column * factor;
      const columns = Math.min(factor, from.width - firstColumn);
      let sum = 0;
      for (let i = 0; i < rows; i++) {
        const start = from.origin + (firstRow + i) * from.stride + firstColumn;
        for (let at = start; at < start + columns; at++) sum += from.data[at]!;
      }
      to.data[to.origin + row * to.stride + column] = sum / (rows * columns);
    }
  }
}
