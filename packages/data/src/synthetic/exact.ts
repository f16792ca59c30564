/*
 * Only + − × ÷, √, floor and comparisons are used under synthetic/: IEEE 754 fixes each to the last bit, so pixels
 * are equal on every machine. Math.sin, exp, pow and the like are software whose last bit differs between releases
 * of V8, and Rng.normal calls them; hence `attenuation` and `bell` instead.
 */

/** `value` held within [low, high]. */
export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}

/** 0 below `from`, 1 above `to`, a smooth cubic between; `from` < `to`. */
export function smooth(from: number, to: number, value: number): number {
  const t = clamp((value - from) / (to - from), 0, 1);
  return t * t * (3 - 2 * t);
}

/** e^−x for x ≥ 0 as (1 + x/16 + x²/512)^−16: within 0.3 % at x = 1.5, within 2 % at x = 3. */
export function attenuation(x: number): number {
  const u = x * 0.0625;
  const d = 1 + u * (1 + 0.5 * u);
  const d2 = d * d;
  const d4 = d2 * d2;
  const d8 = d4 * d4;
  return 1 / (d8 * d8);
}

/**
 * The angle of (x, y) measured along the diamond |x| + |y| = 1 instead of along the circle: grows with the true
 * angle, in [0, 4), one quadrant a unit. The origin gives 0.
 */
export function diamondAngle(x: number, y: number): number {
  const length = Math.abs(x) + Math.abs(y);
  if (length === 0) return 0;
  const p = y / length;
  if (x < 0) return 2 - p;
  return p < 0 ? 4 + p : p;
}

/** The unit vector whose diamond angle is `angle`, any real number. */
export function diamondDirection(angle: number): { x: number; y: number } {
  const turn = angle - 4 * Math.floor(angle / 4);
  const x = turn < 2 ? 1 - turn : turn - 3;
  const y = turn < 1 ? turn : turn < 3 ? 2 - turn : turn - 4;
  const length = Math.sqrt(x * x + y * y);
  return { x: x / length, y: y / length };
}
