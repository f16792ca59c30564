import { expect } from 'vitest';
import { decodeImage } from '../../decode-image.ts';
import type { Window } from '../window.ts';

/** Pixels an image may have in these tests. */
export const LIMIT = 1e6;

/** The levels of a grey image: its three channels are equal. */
export async function greys(bytes: Uint8Array, window?: Window): Promise<number[]> {
  const { data } = await decodeImage(bytes, LIMIT, window);
  for (let i = 0; i < data.length; i += 3) expect([data[i + 1], data[i + 2]]).toEqual([data[i], data[i]]);
  return [...data.filter((_, i) => i % 3 === 0)];
}

/** Pixels of an image in rows from the top, [red, green, blue] each. */
export async function pixels(bytes: Uint8Array): Promise<number[][]> {
  const { data } = await decodeImage(bytes, LIMIT);
  return Array.from({ length: data.length / 3 }, (_, i) => [...data.subarray(3 * i, 3 * i + 3)]);
}

/** Why a file cannot be read. */
export const reason = (bytes: Uint8Array, limit = LIMIT): Promise<string> =>
  decodeImage(bytes, limit).then(
    () => 'no error',
    (error: Error) => error.message,
  );
