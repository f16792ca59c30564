import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText } from './decode-text.ts';

describe('a text', () => {
  it('is what was written, in UTF-8 and in UTF-16 of either order with its mark', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        // A text that itself begins with a mark loses it.
        fc.pre(!text.startsWith('\ufeff'));
        const wide = Buffer.from(`\ufeff${text}`, 'utf16le');
        expect(decodeText(Buffer.from(text))).toEqual({ text });
        expect(decodeText(Buffer.from(`\ufeff${text}`))).toEqual({ text });
        expect(decodeText(wide)).toEqual({ text });
        expect(decodeText(Buffer.from(wide).swap16())).toEqual({ text });
      }),
    );
  });

  it('is decoded as is stated', () => {
    expect(decodeText(Uint8Array.of(0x6d, 0xe9), 'windows-1252')).toEqual({ text: 'mé' });
    expect(decodeText(Uint8Array.of(0xba, 0xda), 'gbk')).toEqual({ text: '黑' });
    expect(() => decodeText(Uint8Array.of(1), 'klingon')).toThrow(RangeError);
  });

  it('is refused at the first byte that is none, in its line', () => {
    expect(decodeText(Buffer.from('a,b\nc,m\xe9l\n', 'latin1'))).toEqual({ line: 2, byte: 0xe9 });
    expect(decodeText(Buffer.from('\xe9', 'latin1'))).toEqual({ line: 1, byte: 0xe9 });
    expect(decodeText(Buffer.concat([Buffer.from('é\né\n'), Uint8Array.of(0xff)]))).toEqual({
      line: 3,
      byte: 0xff,
    });
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (before, after) => {
        fc.pre(!before.startsWith('\ufeff'));
        const bytes = Buffer.concat([Buffer.from(before), Uint8Array.of(0xff), Buffer.from(after)]);
        expect(decodeText(bytes)).toEqual({ line: before.split('\n').length, byte: 0xff });
      }),
    );
  });
});
