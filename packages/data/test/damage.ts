import type { Rng } from '@medgan/plugin-api';

/** An integer from 0 to less than `bound`. */
const below = (rng: Rng, bound: number): number => Math.min(bound - 1, Math.floor(rng.uniform() * bound));

/** Ways in which files are damaged: each returns a copy. */
const DAMAGES: readonly ((bytes: Buffer, rng: Rng) => Buffer)[] = [
  (bytes, rng) => bytes.subarray(0, below(rng, bytes.length + 1)),
  (bytes, rng) => bytes.subarray(below(rng, bytes.length + 1)),
  (bytes, rng) => {
    bytes[below(rng, bytes.length)]! ^= 1 << below(rng, 8);
    return bytes;
  },
  (bytes, rng) => {
    bytes[below(rng, bytes.length)] = [0, 1, 0x7f, 0x80, 0xfe, 0xff, 0x22, 0x2c, 0x0a][below(rng, 9)]!;
    return bytes;
  },
  // A length or a size that is far too large, or none.
  (bytes, rng) => {
    const at = below(rng, bytes.length);
    return bytes.fill(rng.uniform() < 0.5 ? 0xff : 0, at, Math.min(bytes.length, at + 1 + below(rng, 4)));
  },
  (bytes, rng) => {
    const [from, to] = [below(rng, bytes.length), below(rng, bytes.length)];
    return Buffer.concat([
      bytes.subarray(0, from),
      bytes.subarray(Math.min(from, to), to),
      bytes.subarray(from),
    ]);
  },
  (bytes, rng) => {
    const at = below(rng, bytes.length);
    const noise = Buffer.from(Array.from({ length: 1 + below(rng, 16) }, () => below(rng, 256)));
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
  },
  (bytes, rng) => {
    const at = below(rng, bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(rng, 32))]);
  },
];

/** The file, damaged in one to four ways; the first half of a file, where its structure is, is hit more often. */
export function damaged(file: Uint8Array, rng: Rng): Buffer {
  let bytes: Buffer = Buffer.from(file);
  for (let left = 1 + below(rng, 4); left > 0 && bytes.length > 0; left--) {
    const damage = DAMAGES[below(rng, DAMAGES.length)]!;
    const head = rng.uniform() < 0.5 ? Math.min(bytes.length, 400) : bytes.length;
    const hit = damage(Buffer.from(bytes.subarray(0, head)), rng);
    bytes = Buffer.concat([hit, bytes.subarray(head)]);
  }
  return bytes;
}
