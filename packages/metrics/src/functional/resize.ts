import type { MetricImages } from '@medgan/plugin-api';

/** Kernels by name: support in source pixels (before widening for reduction) and value at a distance. */
const kernels = {
  box: { support: 0.5, at: (x: number) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, at: (x: number) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, at: cubic },
  lanczos: { support: 3, at: (x: number) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0) },
} as const;

/** How pixels are weighted when the size changes; all widen with the reduction factor, so nothing aliases. */
export type ResizeFilter = keyof typeof kernels;

/** The filters that `resize` knows, by name. */
export const resizeFilters = Object.keys(kernels) as readonly ResizeFilter[];

/** Keys' cubic with a = −0.5. */
function cubic(x: number): number {
  const t = Math.abs(x);
  if (t < 1) return (1.5 * t - 2.5) * t * t + 1;
  if (t < 2) return ((-0.5 * t + 2.5) * t - 4) * t + 2;
  return 0;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

interface Taps {
  readonly first: number;
  readonly weights: Float64Array;
}

/** For each output pixel the first input pixel it reads and the weights from there on, summing to 1. */
function tapsOf(from: number, to: number, filter: ResizeFilter): Taps[] {
  const scale = from / to;
  const widened = Math.max(1, scale);
  const { support, at } = kernels[filter];
  return Array.from({ length: to }, (_, i) => {
    const middle = (i + 0.5) * scale;
    const first = Math.max(0, Math.floor(middle - support * widened + 0.5));
    const last = Math.min(from, Math.floor(middle + support * widened + 0.5));
    const weights = Float64Array.from({ length: last - first }, (__, k) =>
      at((first + k + 0.5 - middle) / widened),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}

/** Weights `count` runs of `inner` values down one axis: from [outer, taps' input, inner] to [outer, taps, inner]. */
function resample(
  values: Float32Array,
  shape: { readonly outer: number; readonly from: number; readonly inner: number },
  taps: readonly Taps[],
): Float32Array {
  const { outer, from, inner } = shape;
  const out = new Float32Array(outer * taps.length * inner);
  const sums = new Float64Array(inner);
  for (let o = 0; o < outer; o++) {
    taps.forEach(({ first, weights }, t) => {
      sums.fill(0);
      let at = (o * from + first) * inner;
      for (const weight of weights) for (let i = 0; i < inner; i++) sums[i]! += weight * values[at++]!;
      out.set(sums, (o * taps.length + t) * inner);
    });
  }
  return out;
}

/**
 * Images at another size, aspect ratio not kept; the same batch when the size is right already. Bicubic and Lanczos may
 * pass [0, 1] a little beside hard edges and are cut back to it.
 */
export function resize(
  images: MetricImages,
  to: { readonly height: number; readonly width: number; readonly filter: ResizeFilter },
): MetricImages {
  const { count, height, width, channels } = images;
  if (height === to.height && width === to.width) return images;
  const wide = resample(
    images.values,
    { outer: count * height, from: width, inner: channels },
    tapsOf(width, to.width, to.filter),
  );
  const values = resample(
    wide,
    { outer: count, from: height, inner: to.width * channels },
    tapsOf(height, to.height, to.filter),
  );
  for (let i = 0; i < values.length; i++) values[i] = Math.min(1, Math.max(0, values[i]!));
  return { count, height: to.height, width: to.width, channels, values };
}
