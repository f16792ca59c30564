import { createRaster, paste, type Raster } from '@medgan/trainer';
import { escapeHtml } from '../frame/html.ts';
import { PAPER_COLOURS } from './curve-chart.ts';
import { shownWidth, svgToPixels } from './rasterise.ts';

/** Text grows with the picture, within limits: pixels for pixels. */
const textSize = (width: number): number => Math.min(48, Math.max(13, Math.round(width / 48)));

/** A picture with a line of text above it, on white. Text that is too long for the picture ends in `…`. */
export async function captioned(picture: Raster, text: string): Promise<Raster> {
  const { width } = picture;
  const size = textSize(width);
  const height = Math.round(size * 1.9);
  const line = (shown: string, canvas: number): string =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="${canvas}" height="${height}"><text x="${canvas / 2}" y="${Math.round(size * 1.3)}" font-size="${size}" text-anchor="middle" fill="${PAPER_COLOURS.ink}">${escapeHtml(shown)}</text></svg>`;
  // A canvas on which no letter can reach the edge.
  const measure = (shown: string): Promise<number> => shownWidth(line(shown, (shown.length + 1) * size * 2));
  const fitted = await shortened(text, width - size, measure);
  const drawn = createRaster(width, height + picture.height);
  paste(
    drawn,
    { width, height, pixels: withoutAlpha(await svgToPixels(line(fitted, width))) },
    { x: 0, y: 0 },
  );
  paste(drawn, picture, { x: 0, y: height });
  return drawn;
}

/** The text, or as much of its beginning as fits with `…` after it. */
async function shortened(
  text: string,
  room: number,
  measure: (shown: string) => Promise<number>,
): Promise<string> {
  if ((await measure(text)) <= room) return text;
  const letters = [...text];
  let [fits, tooLong] = [0, letters.length];
  const cut = (length: number): string => `${letters.slice(0, length).join('').trimEnd()}…`;
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    if ((await measure(cut(middle))) <= room) fits = middle;
    else tooLong = middle;
  }
  return cut(fits);
}

const withoutAlpha = (rgba: Uint8Array): Uint8Array => rgba.filter((_, index) => index % 4 !== 3);
