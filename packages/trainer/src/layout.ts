/** NCHW → NHWC; `shape` is [N, C, H, W]. */
export function toNhwc(values: Float32Array, shape: readonly number[]): Float32Array {
  const [n, c, h, w] = shape as [number, number, number, number];
  const plane = h * w;
  const out = new Float32Array(values.length);
  for (let i = 0; i < n; i++) {
    for (let channel = 0; channel < c; channel++) {
      const from = (i * c + channel) * plane;
      for (let p = 0; p < plane; p++) out[(i * plane + p) * c + channel] = values[from + p]!;
    }
  }
  return out;
}
