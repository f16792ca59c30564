import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRng } from '@medgan/plugin-api';
import sharp, { type Sharp } from 'sharp';
import { expect, it } from 'vitest';
import { sharedData } from '../../../../../tools/vitest/shared-data.ts';
import type { ByteImage } from '../../byte-image.ts';
import { decodeBySharp } from './by-sharp.ts';
import type { DecodeSettings } from './format.ts';

/** Colour noise, the same for the same size. */
export function noise(width: number, height: number): Sharp {
  const values = createRng(`${width}×${height}`).uniforms(width * height * 3);
  const raw = { width, height, channels: 3 as const };
  return sharp(
    Uint8Array.from(values, (value) => value * 256),
    { raw },
  );
}

export const settings: DecodeSettings = { maxPixels: 1e6 };

type Decoder = (
  bytes: Uint8Array,
  settings: DecodeSettings,
) => ByteImage | undefined | Promise<ByteImage | undefined>;

type Expectation = (bytes: Uint8Array) => Promise<void>;

/** Expects a decoder to read a file to the bytes that libvips reads. */
export const likeLibvips =
  (decode: Decoder): Expectation =>
  async (bytes) => {
    const image = await decode(bytes, settings);
    const expected = await decodeBySharp(bytes, settings);
    expect(image).toMatchObject({ width: expected.width, height: expected.height, channels: 3 });
    expect(Buffer.compare(image!.data, expected.data)).toBe(0);
  };

/** Declares a test of photographs, skipped with the reason printed where a user's machine has none. */
export function ofRealPhotographs(expectSameBytes: Expectation): void {
  const photographs = sharedData('data/isic/melanoma');
  it.skipIf(photographs === undefined)('of real photographs', async () => {
    const names = readdirSync(photographs!).filter((name) => name.endsWith('.jpg'));
    for (const name of names.slice(0, 40)) await expectSameBytes(readFileSync(join(photographs!, name)));
  });
}
