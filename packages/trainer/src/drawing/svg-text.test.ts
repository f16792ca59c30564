import { describe, expect, test } from 'vitest';
import { coordinate, escapeXml, fontText, strokeText } from './svg-text.ts';

const style = { x: 10, y: 20.04, size: 14, colour: '#123456' } as const;

describe('SVG text', () => {
  test('is a text element in the reader’s font', () => {
    expect(fontText('a < b', { ...style, anchor: 'end' })).toBe(
      '<text x="10" y="20" font-size="14" fill="#123456" text-anchor="end">a &lt; b</text>',
    );
    expect(fontText('up', { ...style, upwards: true })).toContain('transform="rotate(-90 10 20)"');
  });

  test('or a path in the stroke font', () => {
    expect(strokeText('L', style)).toBe(
      '<path d="M0 -10.08L0 0L5.04 0" transform="translate(10 20)" fill="none" stroke="#123456" stroke-width="1.16" stroke-linecap="round" stroke-linejoin="round"/>',
    );
    expect(strokeText('L', { ...style, upwards: true })).toContain('translate(10 20) rotate(-90)');
  });

  test('escapes what XML reads as markup, and replaces what it forbids', () => {
    expect(escapeXml('<a href="x">&\u0001\ud83d\n')).toBe('&lt;a href=&quot;x&quot;&gt;&amp;\ufffd\ufffd\n');
    expect(escapeXml('é 病 😀')).toBe('é 病 😀');
  });

  test('coordinates carry no digit in vain', () => {
    expect([1, 0.1 + 0.2, -0.01, 12.25, 99.96].map((value) => coordinate(value))).toEqual([
      '1',
      '0.3',
      '0',
      '12.3',
      '100',
    ]);
  });
});
