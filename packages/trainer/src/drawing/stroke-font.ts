/** A polyline: x and y in turn, y growing downwards. */
export type Polyline = readonly number[];

/** Height of a capital letter, in glyph units; the baseline lies at y = CAP_HEIGHT, the top of a capital at y = 0. */
const CAP_HEIGHT = 10;
/** Pen width that looks regular, in glyph units. */
export const PEN = 1.15;

const SPACING = 2.4;
/** Capital height by font size of common sans-serif faces, so that sizes mean here what they mean in CSS. */
const CAP_BY_EM = 0.72;
/** Straight pieces a curve is cut into: at the sizes drawn here no corner shows. */
const CURVE_PIECES = 6;

/**
 * Single-stroke glyphs, drawn for this project: width, then a path of M (move), L (line), Q (quadratic curve: control,
 * end) with absolute coordinates. Capitals stand on y = 10 and reach y = 0; small letters reach y = 3.
 */
const GLYPHS: Readonly<Record<string, readonly [width: number, path: string]>> = {
  ' ': [2.2, ''],
  '!': [0, 'M0 0L0 6.8M0 9.8L0 10'],
  '"': [2, 'M0 0L0 2.6M2 0L2 2.6'],
  '#': [6.4, 'M2.2 0L1 10M5.4 0L4.2 10M.2 3.2L6.4 3.2M0 6.8L6.2 6.8'],
  $: [6, 'M5.6 1.9Q5 0 3 0Q.3 0 .3 2.4Q.3 4.3 3 4.8Q6 5.3 6 7.5Q6 10 3 10Q.6 10 0 7.9M3 -1.4L3 11.4'],
  '%': [
    8,
    'M7 0L1 10M1.8 0Q0 0 0 2.2Q0 4.4 1.8 4.4Q3.6 4.4 3.6 2.2Q3.6 0 1.8 0M6.2 5.6Q4.4 5.6 4.4 7.8Q4.4 10 6.2 10Q8 10 8 7.8Q8 5.6 6.2 5.6',
  ],
  '&': [7, 'M7 10L1.4 3.2Q.4 0 2.8 0Q4.8 0 4.8 2Q4.8 3.6 2.6 4.7Q0 6 0 7.6Q0 10 2.8 10Q5.6 10 6.6 6'],
  "'": [0, 'M0 0L0 2.6'],
  '(': [2.2, 'M2.2 -1Q0 1.6 0 5.4Q0 9.2 2.2 11.8'],
  ')': [2.2, 'M0 -1Q2.2 1.6 2.2 5.4Q2.2 9.2 0 11.8'],
  '*': [4.4, 'M2.2 .4L2.2 5M.2 1.5L4.2 3.9M4.2 1.5L.2 3.9'],
  '+': [6, 'M3 2.6L3 8.6M0 5.6L6 5.6'],
  ',': [0.8, 'M.8 9.6L.8 10L0 12'],
  '-': [3.2, 'M0 6.2L3.2 6.2'],
  '.': [0, 'M0 9.8L0 10'],
  '/': [4, 'M4 -.6L0 11'],
  '0': [6, 'M3 0Q0 0 0 5Q0 10 3 10Q6 10 6 5Q6 0 3 0'],
  '1': [6, 'M1.2 2.2L3.6 0L3.6 10'],
  '2': [6, 'M.3 2.6Q.5 0 3 0Q5.7 0 5.7 2.7Q5.7 4.4 3.6 6.4L0 10L6 10'],
  '3': [6, 'M.4 1.8Q1 0 3 0Q5.5 0 5.5 2.4Q5.5 4.7 2.4 4.7Q6 4.7 6 7.3Q6 10 3 10Q.6 10 0 7.9'],
  '4': [6, 'M4.5 10L4.5 0L0 7L6.2 7'],
  '5': [6, 'M5.4 0L1 0L.5 4.6Q1.4 3.7 3 3.7Q6 3.7 6 6.8Q6 10 2.9 10Q.7 10 0 8.2'],
  '6': [6, 'M5.4 1.4Q4.8 0 3.2 0Q0 0 0 5.6Q0 10 3 10Q6 10 6 6.9Q6 4 3.1 4Q.6 4 0 6.6'],
  '7': [6, 'M0 0L6 0L2.2 10'],
  '8': [
    6,
    'M3 4.6Q.5 4.6 .5 2.3Q.5 0 3 0Q5.5 0 5.5 2.3Q5.5 4.6 3 4.6Q0 4.6 0 7.3Q0 10 3 10Q6 10 6 7.3Q6 4.6 3 4.6',
  ],
  '9': [6, 'M.6 8.6Q1.2 10 2.8 10Q6 10 6 4.4Q6 0 3 0Q0 0 0 3.1Q0 6 2.9 6Q5.4 6 6 3.4'],
  ':': [0, 'M0 4L0 4.2M0 9.8L0 10'],
  ';': [0.8, 'M.8 4L.8 4.2M.8 9.6L.8 10L0 12'],
  '<': [5.6, 'M5.6 2.4L0 5.6L5.6 8.8'],
  '=': [6, 'M0 4L6 4M0 7.2L6 7.2'],
  '>': [5.6, 'M0 2.4L5.6 5.6L0 8.8'],
  '?': [4.8, 'M0 2Q.4 0 2.4 0Q4.8 0 4.8 2.3Q4.8 3.8 3.4 4.7Q2.3 5.5 2.3 7M2.3 9.8L2.3 10'],
  '@': [
    9,
    'M6.3 5.4Q6.3 3.2 4.5 3.2Q2.6 3.2 2.6 5.4Q2.6 7.6 4.4 7.6Q6.3 7.6 6.3 5.4L6.3 6.4Q6.4 7.8 7.5 7.8Q9 7.6 9 5Q9 .4 4.7 .4Q0 .4 0 5.4Q0 10.8 4.8 10.8Q6.4 10.8 7.6 10.1',
  ],
  A: [7, 'M0 10L3.5 0L7 10M1.2 6.7L5.8 6.7'],
  B: [6, 'M0 0L0 10L3.2 10Q6 10 6 7.3Q6 4.7 3.2 4.7L0 4.7M0 0L3 0Q5.4 0 5.4 2.3Q5.4 4.7 3 4.7'],
  C: [7, 'M7 2.2Q6 0 3.8 0Q0 0 0 5Q0 10 3.8 10Q6 10 7 7.8'],
  D: [7, 'M0 0L0 10L2.6 10Q7 10 7 5Q7 0 2.6 0L0 0'],
  E: [5.5, 'M5.5 0L0 0L0 10L5.5 10M0 4.8L4.8 4.8'],
  F: [5.3, 'M5.3 0L0 0L0 10M0 4.8L4.6 4.8'],
  G: [7.2, 'M7 2.2Q6 0 3.8 0Q0 0 0 5Q0 10 3.9 10Q7.2 10 7.2 6.6L7.2 5.4L4.2 5.4'],
  H: [6.6, 'M0 0L0 10M6.6 0L6.6 10M0 4.8L6.6 4.8'],
  I: [0, 'M0 0L0 10'],
  J: [4.4, 'M4.4 0L4.4 7Q4.4 10 2.2 10Q0 10 0 7.6'],
  K: [6.2, 'M0 0L0 10M6 0L0 6.2M2.2 4.2L6.2 10'],
  L: [5, 'M0 0L0 10L5 10'],
  M: [8, 'M0 10L0 0L4 7L8 0L8 10'],
  N: [6.8, 'M0 10L0 0L6.8 10L6.8 0'],
  O: [7.6, 'M3.8 0Q0 0 0 5Q0 10 3.8 10Q7.6 10 7.6 5Q7.6 0 3.8 0'],
  P: [5.8, 'M0 10L0 0L3 0Q5.8 0 5.8 2.7Q5.8 5.4 3 5.4L0 5.4'],
  Q: [7.6, 'M3.8 0Q0 0 0 5Q0 10 3.8 10Q7.6 10 7.6 5Q7.6 0 3.8 0M4.8 7.4L7.4 10.6'],
  R: [6.1, 'M0 10L0 0L3 0Q5.8 0 5.8 2.7Q5.8 5.4 3 5.4L0 5.4M3 5.4L6.1 10'],
  S: [6, 'M5.6 1.9Q5 0 3 0Q.3 0 .3 2.4Q.3 4.3 3 4.8Q6 5.3 6 7.5Q6 10 3 10Q.6 10 0 7.9'],
  T: [7, 'M0 0L7 0M3.5 0L3.5 10'],
  U: [6.6, 'M0 0L0 6.4Q0 10 3.3 10Q6.6 10 6.6 6.4L6.6 0'],
  V: [7, 'M0 0L3.5 10L7 0'],
  W: [10, 'M0 0L2.5 10L5 1.5L7.5 10L10 0'],
  X: [6.6, 'M0 0L6.6 10M6.6 0L0 10'],
  Y: [6.8, 'M0 0L3.4 5L6.8 0M3.4 5L3.4 10'],
  Z: [6.4, 'M.2 0L6.4 0L0 10L6.4 10'],
  '[': [2.2, 'M2.2 -1L0 -1L0 11.8L2.2 11.8'],
  '\\': [4, 'M0 -.6L4 11'],
  ']': [2.2, 'M0 -1L2.2 -1L2.2 11.8L0 11.8'],
  '^': [4.8, 'M0 3.4L2.4 0L4.8 3.4'],
  _: [5.6, 'M0 11.4L5.6 11.4'],
  '`': [1.4, 'M0 0L1.4 1.8'],
  a: [5, 'M.5 4.6Q1.1 3 2.7 3Q5 3 5 5.3L5 10M5 6.2L3 6.2Q0 6.2 0 8.1Q0 10 2.2 10Q5 10 5 7.2'],
  b: [5.6, 'M0 0L0 10M0 6.5Q0 3 2.8 3Q5.6 3 5.6 6.5Q5.6 10 2.8 10Q0 10 0 6.5'],
  c: [5, 'M5 4.7Q4.3 3 2.7 3Q0 3 0 6.5Q0 10 2.7 10Q4.3 10 5 8.3'],
  d: [5.6, 'M5.6 0L5.6 10M5.6 6.5Q5.6 3 2.8 3Q0 3 0 6.5Q0 10 2.8 10Q5.6 10 5.6 6.5'],
  e: [5.6, 'M0 6.4L5.6 6.4Q5.6 3 2.9 3Q0 3 0 6.5Q0 10 2.9 10Q4.7 10 5.4 8.4'],
  f: [3.8, 'M3.8 .1Q1.4 -.5 1.4 2.2L1.4 10M0 3L3.6 3'],
  g: [
    5.6,
    'M5.6 3L5.6 10Q5.6 13 2.9 13Q1 13 .4 11.8M5.6 6.5Q5.6 3 2.8 3Q0 3 0 6.5Q0 10 2.8 10Q5.6 10 5.6 6.5',
  ],
  h: [5.2, 'M0 0L0 10M0 6.2Q.2 3 2.8 3Q5.2 3 5.2 5.8L5.2 10'],
  i: [0, 'M0 3L0 10M0 .3L0 .5'],
  j: [1.6, 'M1.6 3L1.6 11Q1.6 13 0 13M1.6 .3L1.6 .5'],
  k: [4.8, 'M0 0L0 10M4.6 3L0 7.2M1.7 5.8L4.8 10'],
  l: [1.3, 'M0 0L0 8.4Q0 10 1.3 10'],
  m: [8.4, 'M0 3L0 10M0 5.8Q.2 3 2.3 3Q4.2 3 4.2 5.4L4.2 10M4.2 5.8Q4.4 3 6.5 3Q8.4 3 8.4 5.4L8.4 10'],
  n: [5.2, 'M0 3L0 10M0 6.2Q.2 3 2.8 3Q5.2 3 5.2 5.8L5.2 10'],
  o: [5.8, 'M2.9 3Q0 3 0 6.5Q0 10 2.9 10Q5.8 10 5.8 6.5Q5.8 3 2.9 3'],
  p: [5.6, 'M0 3L0 13M0 6.5Q0 3 2.8 3Q5.6 3 5.6 6.5Q5.6 10 2.8 10Q0 10 0 6.5'],
  q: [5.6, 'M5.6 3L5.6 13M5.6 6.5Q5.6 3 2.8 3Q0 3 0 6.5Q0 10 2.8 10Q5.6 10 5.6 6.5'],
  r: [3, 'M0 3L0 10M0 6.4Q.3 3 3 3'],
  s: [4.6, 'M4.3 4.4Q3.8 3 2.3 3Q.2 3 .2 4.7Q.2 6 2.4 6.4Q4.6 6.8 4.6 8.2Q4.6 10 2.3 10Q.5 10 0 8.5'],
  t: [3.6, 'M1.4 .8L1.4 8Q1.4 10.2 3.6 9.8M0 3L3.6 3'],
  u: [5.2, 'M0 3L0 7.2Q0 10 2.4 10Q5 10 5.2 6.8M5.2 3L5.2 10'],
  v: [5.4, 'M0 3L2.7 10L5.4 3'],
  w: [8, 'M0 3L2 10L4 3.8L6 10L8 3'],
  x: [5, 'M0 3L5 10M5 3L0 10'],
  y: [5.4, 'M0 3L2.7 10M5.4 3L2.3 11.2Q1.7 13 0 12.8'],
  z: [4.8, 'M0 3L4.8 3L0 10L4.8 10'],
  '{': [3, 'M3 -1Q1.4 -1 1.4 .8L1.4 3.8Q1.4 5.4 0 5.4Q1.4 5.4 1.4 7L1.4 10Q1.4 11.8 3 11.8'],
  '|': [0, 'M0 -1L0 11.8'],
  '}': [3, 'M0 -1Q1.6 -1 1.6 .8L1.6 3.8Q1.6 5.4 3 5.4Q1.6 5.4 1.6 7L1.6 10Q1.6 11.8 0 11.8'],
  '~': [6, 'M0 6.4Q.6 4.8 1.8 4.8Q2.6 4.8 3.2 5.6Q3.8 6.4 4.4 6.4Q5.6 6.4 6 4.8'],
  '−': [6, 'M0 5.6L6 5.6'],
  '×': [5, 'M0 3.4L5 8.4M5 3.4L0 8.4'],
  '–': [5, 'M0 6.2L5 6.2'],
  '—': [9, 'M0 6.2L9 6.2'],
  '·': [0, 'M0 5.6L0 5.8'],
  '…': [6, 'M0 9.8L0 10M3 9.8L3 10M6 9.8L6 10'],
  '’': [0.8, 'M.8 0L.8 .6L0 2.6'],
};

/** Stands for a character the font lacks. */
const UNKNOWN: readonly [number, string] = [5, 'M0 0L5 0L5 10L0 10L0 0'];

const COMMAND = /([MLQ])([^MLQ]*)/g;

function flatten(path: string): Polyline[] {
  const lines: number[][] = [];
  for (const [, command, rest] of path.matchAll(COMMAND)) {
    const [a = 0, b = 0, c = 0, d = 0] = rest!.split(' ').map(Number);
    if (command === 'M') {
      lines.push([a, b]);
      continue;
    }
    const line = lines.at(-1)!;
    if (command === 'L') {
      line.push(a, b);
      continue;
    }
    const [x, y] = line.slice(-2) as [number, number];
    for (let piece = 1; piece <= CURVE_PIECES; piece++) {
      const t = piece / CURVE_PIECES;
      const [start, control, end] = [(1 - t) ** 2, 2 * t * (1 - t), t ** 2];
      line.push(start * x + control * a + end * c, start * y + control * b + end * d);
    }
  }
  return lines;
}

/** Letters without their accents where the font has the plain letter: é is drawn as e. */
const plain = (text: string): string[] => [...text.normalize('NFD').replace(/\p{Mark}/gu, '')];

const glyphOf = (character: string): readonly [number, string] =>
  Object.hasOwn(GLYPHS, character) ? GLYPHS[character]! : UNKNOWN;

/** Pixels to a glyph unit at a font size in pixels. */
export const unitsToPixels = (size: number): number => (size * CAP_BY_EM) / CAP_HEIGHT;

/** Width of `text` in pixels at a font size in pixels, without the pen's width. */
export function textWidth(text: string, size: number): number {
  const characters = plain(text);
  const glyphs = characters.reduce((sum, character) => sum + glyphOf(character)[0], 0);
  return (glyphs + Math.max(0, characters.length - 1) * SPACING) * unitsToPixels(size);
}

/** Which point of a line of text lies at the place it is drawn at. */
export type TextAnchor = 'start' | 'middle' | 'end';

const SHIFT = { start: 0, middle: 0.5, end: 1 } as const;

/**
 * The strokes of one line of text in pixels, at a font size in pixels, with the left end, middle or right end of its
 * baseline at (0, 0).
 */
export function textStrokes(text: string, size: number, anchor: TextAnchor = 'start'): Polyline[] {
  const scale = unitsToPixels(size);
  const strokes: Polyline[] = [];
  let left = -SHIFT[anchor] * (textWidth(text, size) / scale);
  for (const character of plain(text)) {
    const [width, path] = glyphOf(character);
    for (const line of flatten(path)) {
      strokes.push(line.map((value, i) => (i % 2 === 0 ? value + left : value - CAP_HEIGHT) * scale));
    }
    left += width + SPACING;
  }
  return strokes;
}

/** `text`, or as much of its beginning as fits `width` pixels, ending in an ellipsis. Empty when not even that fits. */
export function fitText(text: string, size: number, width: number): string {
  if (textWidth(text, size) <= width) return text;
  const characters = [...text];
  while (characters.length > 0) {
    characters.pop();
    const shorter = `${characters.join('').trimEnd()}…`;
    if (textWidth(shorter, size) <= width) return shorter;
  }
  return '';
}
