import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { initWasm, Resvg } from '@resvg/resvg-wasm';

/** Inter, an open font: regular for text, semi-bold for headings. */
const FONTS = [
  '@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf',
  '@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf',
];

const { resolve } = createRequire(import.meta.url);

let loading: Promise<readonly Uint8Array[]> | undefined;

/** Starts the rasteriser and reads the fonts, once in a process. */
const fonts = (): Promise<readonly Uint8Array[]> =>
  (loading ??= readFile(resolve('@resvg/resvg-wasm/index_bg.wasm'))
    .then(initWasm)
    .then(() => Promise.all(FONTS.map((name) => readFile(resolve(name))))));

/** Parses an SVG with the fonts of this package, whatever family it names, and never with those of the machine. */
async function parse(svg: string, scale = 1): Promise<InstanceType<typeof Resvg>> {
  const fontBuffers = [...(await fonts())];
  return new Resvg(svg, {
    font: { fontBuffers, defaultFontFamily: 'Inter', sansSerifFamily: 'Inter' },
    fitTo: { mode: 'zoom', value: scale },
    background: '#ffffff',
  });
}

/**
 * An SVG as PNG, on white. The rasteriser is WebAssembly and the font comes with it, so that the same SVG gives the same
 * bytes on every machine.
 * @param scale pixels per SVG pixel.
 * @throws Error for text that is no SVG.
 */
export async function svgToPng(svg: string, scale = 1): Promise<Uint8Array> {
  const parsed = await parse(svg, scale);
  try {
    const image = parsed.render();
    const png = image.asPng();
    image.free();
    return png;
  } finally {
    parsed.free();
  }
}

/** An SVG as pixels on white: RGBA, uint8, rows from the top, HWC [height, width, 4]. */
export async function svgToPixels(svg: string): Promise<Uint8Array> {
  const parsed = await parse(svg);
  try {
    const image = parsed.render();
    const { pixels } = image;
    image.free();
    return pixels;
  } finally {
    parsed.free();
  }
}

/** Width in pixels of what an SVG shows. */
export async function shownWidth(svg: string): Promise<number> {
  const parsed = await parse(svg);
  try {
    return parsed.innerBBox()?.width ?? 0;
  } finally {
    parsed.free();
  }
}
