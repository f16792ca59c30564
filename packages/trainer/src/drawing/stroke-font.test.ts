import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitText, textStrokes, textWidth } from './stroke-font.ts';

const ASCII = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i));
const SIZE = 20;

describe('stroke font', () => {
  test('has a glyph of its own for every printable ASCII character', () => {
    const drawn = new Set(ASCII.map((character) => JSON.stringify(textStrokes(character, SIZE))));
    expect(drawn.size).toBe(ASCII.length);
    expect(drawn).not.toContain(JSON.stringify(textStrokes('\u4e2d', SIZE)));
    expect(textStrokes(' ', SIZE)).toEqual([]);
  });

  test('keeps every glyph within its width and line', () => {
    for (const [character, line] of ASCII.flatMap((c) => textStrokes(c, SIZE).map((l) => [c, l] as const))) {
      const width = textWidth(character, SIZE);
      expect(line.length % 2).toBe(0);
      for (let i = 0; i < line.length; i += 2) {
        expect(line[i]).toBeGreaterThanOrEqual(0);
        expect(line[i]).toBeLessThanOrEqual(width + 0.3);
        expect(line[i + 1]).toBeGreaterThanOrEqual(-0.85 * SIZE);
        expect(line[i + 1]).toBeLessThanOrEqual(0.25 * SIZE);
      }
    }
  });

  test('draws letters without their accents, and what it does not know as a box', () => {
    expect(textStrokes('née', SIZE)).toEqual(textStrokes('nee', SIZE));
    expect(textStrokes('病', SIZE)).toHaveLength(1);
  });

  test('centres and right-aligns', () => {
    const leftmost = (anchor: 'start' | 'middle' | 'end'): number => textStrokes('H', SIZE, anchor)[0]![0]!;
    const width = textWidth('H', SIZE);
    expect(leftmost('middle')).toBeCloseTo(leftmost('start') - width / 2, 9);
    expect(leftmost('end')).toBeCloseTo(leftmost('start') - width, 9);
  });

  test('fitText returns the text, or the longest beginning that fits', () => {
    expect(fitText('discriminator', SIZE, 1000)).toBe('discriminator');
    fc.assert(
      fc.property(fc.string(), fc.double({ min: 0, max: 400, noNaN: true }), (text, width) => {
        const fitted = fitText(text, SIZE, width);
        if (fitted === text) return;
        expect(textWidth(fitted, SIZE)).toBeLessThanOrEqual(width);
        if (fitted !== '') expect(text.startsWith(fitted.slice(0, -1))).toBe(true);
      }),
    );
  });
});
