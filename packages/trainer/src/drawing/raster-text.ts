import { blend, type Raster, type Rgb } from './raster.ts';
import { PEN, textStrokes, unitsToPixels, type Polyline, type TextAnchor } from './stroke-font.ts';

/** Where and how one line of text is drawn on a raster. */
export interface RasterTextStyle {
  /** Pixels: the left end, middle or right end of the baseline, as `anchor` says. */
  readonly x: number;
  readonly y: number;
  /** Font size in pixels. */
  readonly size: number;
  readonly colour: Rgb;
  /** Default `start`. */
  readonly anchor?: TextAnchor;
}

/** How much of each pixel of a rectangle of the picture is inked, in 0…1. */
interface Ink {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly coverage: Float32Array;
}

/** In pixels: thinner strokes turn grey. */
const THINNEST_PEN = 1.3;

type Segment = readonly [x0: number, y0: number, x1: number, y1: number];

function distance(x: number, y: number, [x0, y0, x1, y1]: Segment): number {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / length));
  return Math.hypot(x - x0 - t * dx, y - y0 - t * dy);
}

/** A round pen drawn along `segment`; where strokes meet, the larger coverage wins, so that crossings do not bulge. */
function stroke(ink: Ink, segment: Segment, pen: number): void {
  const [x0, y0, x1, y1] = segment;
  const reach = pen / 2 + 1;
  const right = Math.min(ink.left + ink.width - 1, Math.ceil(Math.max(x0, x1) + reach));
  const bottom = Math.min(ink.top + ink.height - 1, Math.ceil(Math.max(y0, y1) + reach));
  for (let y = Math.max(ink.top, Math.floor(Math.min(y0, y1) - reach)); y <= bottom; y++) {
    for (let x = Math.max(ink.left, Math.floor(Math.min(x0, x1) - reach)); x <= right; x++) {
      const covered = Math.min(1, pen / 2 + 0.5 - distance(x + 0.5, y + 0.5, segment));
      const at = (y - ink.top) * ink.width + x - ink.left;
      if (covered > ink.coverage[at]!) ink.coverage[at] = covered;
    }
  }
}

/** An empty rectangle that `strokes`, moved to (x, y), and the pen fit in. */
function inkFor(strokes: readonly Polyline[], { x, y, pen }: { x: number; y: number; pen: number }): Ink {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const line of strokes) {
    for (let i = 0; i < line.length; i += 2) {
      [left, right] = [Math.min(left, line[i]!), Math.max(right, line[i]!)];
      [top, bottom] = [Math.min(top, line[i + 1]!), Math.max(bottom, line[i + 1]!)];
    }
  }
  const reach = pen / 2 + 1;
  const corner = { left: Math.floor(x + left - reach), top: Math.floor(y + top - reach) };
  const width = Math.ceil(x + right + reach) + 1 - corner.left;
  const height = Math.ceil(y + bottom + reach) + 1 - corner.top;
  return { ...corner, width, height, coverage: new Float32Array(width * height) };
}

/** Draws one line of text, antialiased, in the stroke font; what leaves the picture is cut off. */
export function drawText(raster: Raster, text: string, style: RasterTextStyle): void {
  const { size, colour, anchor } = style;
  // On pixel centres, so that the lines of the baseline and the first stem are sharp.
  const [x, y] = [Math.floor(style.x) + 0.5, Math.floor(style.y) - 0.5];
  const pen = Math.max(THINNEST_PEN, PEN * unitsToPixels(size));
  const strokes = textStrokes(text, size, anchor);
  if (strokes.length === 0) return;
  const ink = inkFor(strokes, { x, y, pen });
  for (const line of strokes) {
    for (let i = 0; i + 3 < line.length; i += 2) {
      stroke(ink, [x + line[i]!, y + line[i + 1]!, x + line[i + 2]!, y + line[i + 3]!], pen);
    }
  }
  for (const [at, opacity] of ink.coverage.entries()) {
    if (opacity === 0) continue;
    const row = Math.floor(at / ink.width);
    blend(raster, { x: ink.left + at - row * ink.width, y: ink.top + row }, { colour, opacity });
  }
}
