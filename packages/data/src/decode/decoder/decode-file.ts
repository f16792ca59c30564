import { createHash } from 'node:crypto';
import type { ImageFormat } from '@medgan/plugin-api';
import { decodeImage } from '../decode-image.ts';
import { fitImage } from '../fit-image.ts';
import type { DecodeSettings } from '../formats/format.ts';

/** How a file becomes pixels. */
export interface FileSettings extends DecodeSettings {
  readonly format: ImageFormat;
}

/** A file's sha256 (hex), or why it cannot be read. */
export type ContentHash = { readonly hash: string } | { readonly fault: string };

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Why a file cannot be read, in one line without its path. */
export function faultOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === 'string' && code.startsWith('E')) return `the file cannot be read (${code})`;
  // Not the contract's `messageOf`: loading the contracts, and with them TensorFlow.js, takes a thread half a second.
  return error instanceof Error ? error.message : String(error);
}

/** Reads a file and writes its image into `out`, uint8 [size, size, channels]. Never throws. */
export async function decodeFile(
  read: () => Uint8Array | Promise<Uint8Array>,
  settings: FileSettings,
  out: Uint8Array,
): Promise<ContentHash> {
  try {
    const bytes = await read();
    const decoded = await decodeImage(bytes, settings.maxPixels, settings.window);
    fitImage(decoded, settings.format, out);
    return { hash: sha256(bytes) };
  } catch (error) {
    return { fault: faultOf(error) };
  }
}
