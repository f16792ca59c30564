import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { ByteImage } from '../../byte-image.ts';
import type { DecodeSettings } from './format.ts';
import { plainJpeg } from './jpeg-structure.ts';

/** libjpeg-turbo's decoder as `@cornerstonejs/codec-libjpeg-turbo-8bit` wraps it; it has no types of its own. */
interface TurboDecoder {
  /** The decoder's own memory, to put the file into. */
  getEncodedBuffer(length: number): Uint8Array;
  /** Throws a number where the data are damaged, even slightly. */
  decode(): void;
  /** A view of the decoder's memory: the next image is written over it. */
  getDecodedBuffer(): Uint8Array;
  delete(): void;
}

interface TurboModule {
  readonly JPEGDecoder: new () => TurboDecoder;
}

type TurboFactory = (settings: { readonly wasmBinary: Uint8Array }) => Promise<TurboModule>;

const PACKAGE = '@cornerstonejs/codec-libjpeg-turbo-8bit';
/** The decoder's memory grows with the largest image and never shrinks: larger ones are left to libvips. */
const MOST_PIXELS = 16e6;

let loading: Promise<TurboModule> | undefined;
let decoder: TurboDecoder | undefined;

async function load(): Promise<TurboModule> {
  const require = createRequire(import.meta.url);
  const factory = require(`${PACKAGE}/decodewasmjs`) as TurboFactory;
  return factory({ wasmBinary: await readFile(require.resolve(`${PACKAGE}/decodewasm`)) });
}

function greyToRgb(grey: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(grey.length * 3);
  for (let i = 0, o = 0; i < grey.length; i++, o += 3) rgb[o] = rgb[o + 1] = rgb[o + 2] = grey[i]!;
  return rgb;
}

/**
 * Decodes a usual, undamaged JPEG by libjpeg-turbo in WebAssembly: the bytes that libvips gives, in under half the time,
 * for libvips spends most of it on preparing. Undefined for every other JPEG.
 */
export async function decodeTurboJpeg(
  bytes: Uint8Array,
  { maxPixels }: Pick<DecodeSettings, 'maxPixels'>,
): Promise<ByteImage | undefined> {
  const plain = plainJpeg(bytes);
  if (!plain) return undefined;
  const { width, height, components } = plain;
  if (width * height > Math.min(maxPixels, MOST_PIXELS)) return undefined;
  const { JPEGDecoder } = await (loading ??= load());
  // From here on nothing is awaited: one decoder serves everybody.
  decoder ??= new JPEGDecoder();
  try {
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    decoder.decode();
    const decoded = decoder.getDecodedBuffer();
    if (decoded.length !== width * height * components) return undefined;
    const data = Uint8Array.from(decoded);
    return { width, height, channels: 3, data: components === 1 ? greyToRgb(data) : data };
  } catch {
    decoder.delete();
    decoder = undefined;
    return undefined;
  }
}
