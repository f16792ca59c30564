import { clamp } from './exact.ts';

/** A point of a stroke; lengths in half image sides, origin in the middle, y down. */
export interface StrokePoint {
  readonly x: number;
  readonly y: number;
  /** Half the stroke's width here. */
  readonly radius: number;
}

/** Coverage in [0, 1] of thin strokes over a square grid of samples, antialiased by distance. */
export class StrokeLayer {
  readonly side: number;
  /** Row-major, shape [side, side]. */
  readonly coverage: Float32Array;

  constructor(side: number) {
    this.side = side;
    this.coverage = new Float32Array(side * side);
  }

  /** Draws a line through the points; where strokes meet, the stronger counts. */
  draw(points: readonly StrokePoint[], opacity: number): void {
    for (let i = 1; i < points.length; i++) this.#segment(points[i - 1]!, points[i]!, opacity);
  }

  #segment(a: StrokePoint, b: StrokePoint, opacity: number): void {
    const half = this.side / 2;
    const ax = (a.x + 1) * half - 0.5;
    const ay = (a.y + 1) * half - 0.5;
    const dx = (b.x - a.x) * half;
    const dy = (b.y - a.y) * half;
    const inverse = 1 / Math.max(1e-9, dx * dx + dy * dy);
    const reach = Math.max(a.radius, b.radius) * half + 1;
    const last = this.side - 1;
    const left = Math.max(0, Math.ceil(Math.min(ax, ax + dx) - reach));
    const right = Math.min(last, Math.floor(Math.max(ax, ax + dx) + reach));
    const top = Math.max(0, Math.ceil(Math.min(ay, ay + dy) - reach));
    const bottom = Math.min(last, Math.floor(Math.max(ay, ay + dy) + reach));
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        const px = column - ax;
        const py = row - ay;
        const along = clamp((px * dx + py * dy) * inverse, 0, 1);
        const ox = px - along * dx;
        const oy = py - along * dy;
        const radius = (a.radius + along * (b.radius - a.radius)) * half;
        // A stroke thinner than a sample is drawn a sample wide and paler by as much.
        const edge = Math.max(0.5, radius) + 0.5 - Math.sqrt(ox * ox + oy * oy);
        if (edge <= 0) continue;
        const value = opacity * Math.min(1, edge) * Math.min(1, 2 * radius);
        const at = row * this.side + column;
        if (value > this.coverage[at]!) this.coverage[at] = value;
      }
    }
  }
}
