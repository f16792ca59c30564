import type { ByteImage } from '../byte-image.ts';

/** Points an image is looked at, evenly spread: every cell below is the mean of 64 or more. */
const COLUMNS = 144;
const ROWS = 128;
const HASH_COLUMNS = 9;
const HASH_ROWS = 8;
/** Pixels per side of a thumbnail. */
const THUMBNAIL_SIDE = 16;

/** What is kept of an image. */
export interface ImageFigures {
  /** Mean and mean square of each channel, in levels 0 … 255. */
  readonly mean: readonly number[];
  readonly meanSquare: readonly number[];
  /** 64-bit difference hash, four words of 16 bits: whether each of 9×8 cells is brighter than the one to its left. */
  readonly hash: Uint16Array;
  /** Grey, 16×16. */
  readonly thumbnail: Uint8Array;
}

/** The points of a side that many pixels long. */
const positions = (points: number, side: number): number[] =>
  Array.from({ length: points }, (_, i) => Math.floor(((i + 0.5) * side) / points));

function differenceHash(cells: Float64Array): Uint16Array {
  const hash = new Uint16Array(4);
  let bit = 0;
  for (let row = 0; row < HASH_ROWS; row++) {
    for (let column = 1; column < HASH_COLUMNS; column++, bit++) {
      const at = row * HASH_COLUMNS + column;
      if (cells[at]! > cells[at - 1]!) hash[bit >> 4]! |= 1 << (bit & 15);
    }
  }
  return hash;
}

/** Looks at an image on a fixed grid of points: as quick for a large image as for a small one. */
export function figuresOf({ width, height, channels, data }: ByteImage): ImageFigures {
  const [xs, ys] = [positions(COLUMNS, width), positions(ROWS, height)];
  const sums = [0, 0, 0];
  const squares = [0, 0, 0];
  const hashCells = new Float64Array(HASH_COLUMNS * HASH_ROWS);
  const cells = new Float64Array(THUMBNAIL_SIDE ** 2);
  const [green, blue] = channels === 3 ? [1, 2] : [0, 0];
  for (let row = 0; row < ROWS; row++) {
    const thumbnailRow = Math.floor((row * THUMBNAIL_SIDE) / ROWS) * THUMBNAIL_SIDE;
    const hashRow = Math.floor((row * HASH_ROWS) / ROWS) * HASH_COLUMNS;
    for (let column = 0; column < COLUMNS; column++) {
      const at = (ys[row]! * width + xs[column]!) * channels;
      const [r, g, b] = [data[at]!, data[at + green]!, data[at + blue]!];
      sums[0]! += r;
      sums[1]! += g;
      sums[2]! += b;
      squares[0]! += r * r;
      squares[1]! += g * g;
      squares[2]! += b * b;
      const grey = 0.299 * r + 0.587 * g + 0.114 * b;
      cells[thumbnailRow + Math.floor((column * THUMBNAIL_SIDE) / COLUMNS)]! += grey;
      hashCells[hashRow + Math.floor((column * HASH_COLUMNS) / COLUMNS)]! += grey;
    }
  }
  const points = COLUMNS * ROWS;
  const perCell = points / cells.length;
  return {
    mean: sums.map((sum) => sum / points),
    meanSquare: squares.map((sum) => sum / points),
    hash: differenceHash(hashCells),
    thumbnail: Uint8Array.from(cells, (sum) => Math.round(sum / perCell)),
  };
}
