import { PEN, textStrokes, unitsToPixels, type Polyline, type TextAnchor } from './stroke-font.ts';

/** Where and how one line of SVG text is drawn. */
interface SvgTextStyle {
  /** The left end, middle or right end of the baseline, as `anchor` says. */
  readonly x: number;
  readonly y: number;
  /** Font size in SVG pixels. */
  readonly size: number;
  /** A CSS colour. */
  readonly colour: string;
  /** Default `start`. */
  readonly anchor?: TextAnchor;
  /** Reads from bottom to top. */
  readonly upwards?: boolean;
}

/** Makes the SVG element of one line of text. */
export type TextPainter = (text: string, style: SvgTextStyle) => string;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** `text` as XML text or attribute value; characters XML does not allow become U+FFFD. */
export const escapeXml = (text: string): string =>
  text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
    .replace(/[&<>"]/g, (character) => ENTITIES[character]!);

/** A coordinate with at most `digits` decimals and nothing that is not needed. */
export const coordinate = (value: number, digits = 1): string => {
  const text = String(Number(value.toFixed(digits)));
  return text === '-0' ? '0' : text;
};

/** Text elements in the reader's sans-serif font: to be searched, copied and read aloud. */
export const fontText: TextPainter = (text, { x, y, size, colour, anchor = 'start', upwards = false }) => {
  const place = `x="${coordinate(x)}" y="${coordinate(y)}"`;
  const align = anchor === 'start' ? '' : ` text-anchor="${anchor}"`;
  const turn = upwards ? ` transform="rotate(-90 ${coordinate(x)} ${coordinate(y)})"` : '';
  return `<text ${place} font-size="${size}" fill="${colour}"${align}${turn}>${escapeXml(text)}</text>`;
};

const strokePath = (line: Polyline): string => {
  const pairs: string[] = [];
  for (let i = 0; i < line.length; i += 2) {
    pairs.push(`${coordinate(line[i]!, 2)} ${coordinate(line[i + 1]!, 2)}`);
  }
  return `M${pairs.join('L')}`;
};

/** Paths in the stroke font: looks the same everywhere, also where no font is installed. */
export const strokeText: TextPainter = (text, style) => {
  const { x, y, size, colour, anchor = 'start', upwards = false } = style;
  const path = textStrokes(text, size, anchor).map(strokePath).join('');
  const place = `translate(${coordinate(x)} ${coordinate(y)})${upwards ? ' rotate(-90)' : ''}`;
  const pen = coordinate(PEN * unitsToPixels(size), 2);
  return `<path d="${path}" transform="${place}" fill="none" stroke="${colour}" stroke-width="${pen}" stroke-linecap="round" stroke-linejoin="round"/>`;
};
