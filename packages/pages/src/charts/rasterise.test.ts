import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { svgToPixels, svgToPng } from './rasterise.ts';

const svg = (content: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="160" height="40">${content}</svg>`;
const TEXT = svg(
  '<text x="8" y="26" font-size="16" font-family="system-ui, sans-serif">step 1,250 · 0.75</text><path d="M8 34 C60 20 90 40 150 30" fill="none" stroke="#0072b2" stroke-width="1.8" stroke-dasharray="7 3"/>',
);

describe('svgToPng', () => {
  it('gives the same bytes on every machine', async () => {
    const png = await svgToPng(TEXT, 2);
    expect(createHash('sha256').update(png).digest('hex')).toBe(
      '704ee6754bc0054c15d06214352e79b137786439616471d0d6ae61b256e20510',
    );
    expect(Buffer.compare(await svgToPng(TEXT, 2), png)).toBe(0);
  });

  it('renders on white at the scale asked for', async () => {
    const png = await svgToPng(svg('<rect width="80" height="40" fill="#0000ff"/>'), 3);
    const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 480, height: 120, channels: 3 });
    expect([...data.subarray(0, 3)]).toEqual([0, 0, 255]);
    expect([...data.subarray(-3)]).toEqual([255, 255, 255]);
  });

  it('has a semi-bold font for headings', async () => {
    const ink = async (weight: number): Promise<number> => {
      const pixels = await svgToPixels(
        svg(`<text y="26" font-size="20" font-weight="${weight}">Losses</text>`),
      );
      return pixels.reduce((sum, level) => sum + 255 - level, 0);
    };
    expect(await ink(600)).toBeGreaterThan(1.1 * (await ink(400)));
  });

  it('refuses text that is no SVG', async () => {
    await expect(svgToPng('no picture')).rejects.toThrow();
  });
});
